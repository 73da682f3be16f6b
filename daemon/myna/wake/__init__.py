"""Wake words: engines that listen for a phrase, behind one Protocol.

Belongs here: the Protocol, one adapter file per engine (the only file that imports
it, lazily), the refractory period, and the ladder that picks an engine. Does not:
capture (that is `audio`) or what happens after the word (that is `conversation`).
"""
