"""The desk: the panel, dialogs and charts. It chooses inputs, runs algorithms, goes through findings; knows no rule."""
