"""The desktop's own ways to reach a player, all of them over D-Bus: its media keys, and word that it goes to sleep."""
