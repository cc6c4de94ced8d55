"""What happened between people and nodes, step by step: as words, as a picture, as Mermaid text.

`hops` and `notes` gather it from a run's tape and history, `story` chooses what is told; `words`,
`drawing` (on a `layout`) and `mermaid` tell it; `delays` says where one message spent its time.
"""
