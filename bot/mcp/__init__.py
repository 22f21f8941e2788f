"""The door for assistants: tools of the Model Context Protocol, over standard input or HTTP."""
