"""Where files lie and how they are handed out; who may have them is decided before anything here is called."""
