"""Which of many watched streams need somebody first: stability and capability of each, the worst ones in front."""
