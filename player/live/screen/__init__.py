"""What a terminal shows while something plays: a calm pacer, or plain lines for ears and logs."""
