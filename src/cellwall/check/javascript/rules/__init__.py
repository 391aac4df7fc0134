"""One file a rule about JavaScript and TypeScript; the folder is the registry."""
