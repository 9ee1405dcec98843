"""The design system: base pages, component macros, style sheets, scripts, icons, refusal pages."""
