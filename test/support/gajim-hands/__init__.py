from hands.plugin import Hands  # Gajim takes the first class that it finds
