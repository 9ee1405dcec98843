"""The frame around all pages: navigation, Сегодня, the palette, settings, help."""
