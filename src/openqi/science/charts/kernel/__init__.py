"""The fast engine under all charts: points become bits, 32 a word; rules become shifts of words; one source, compiled or plain."""
