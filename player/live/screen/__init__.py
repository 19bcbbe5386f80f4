"""What the terminal shows while a session plays: a calm pacer, or plain lines for screen readers and logs."""
