"""Speed of the plugin beside its peers, on a synthetic county."""
