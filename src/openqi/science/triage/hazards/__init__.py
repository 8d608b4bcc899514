"""Did somebody come to harm?  Who, with which product and how, out of the words of a complaint, by lists that anybody can read."""
