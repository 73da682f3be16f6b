"""The Live session: the Gemini Live API over a raw WebSocket.

Belongs here: messages, model profiles, the sans-I/O protocol, what closes mean,
credentials, and the asyncio shell around them. Does not: what to do about any of
it in a conversation (that is `conversation`), and anything that plays or records.
"""
