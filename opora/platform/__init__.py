"""The site around the projects: its front door and its health."""
