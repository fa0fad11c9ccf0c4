"""四统一 and 五落实: do the sources agree, and is every plot in place?"""
