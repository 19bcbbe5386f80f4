"""The programme as a file: encoders, tags, and a name that is given only to what is whole."""
