"""Creates the Iceberg tables of a dataset and changes them safely, as the dataset's contract says."""
