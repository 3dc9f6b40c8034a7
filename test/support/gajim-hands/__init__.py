from hands.plugin import Hands  # Gajim uses the first class that it finds
