"""The desk: the panel, dialogs and charts. Chooses inputs, runs the algorithms, works through findings; knows no rule."""
