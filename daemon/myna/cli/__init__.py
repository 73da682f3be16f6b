"""The commands: one small file each; the only place that turns errors into exit codes."""
