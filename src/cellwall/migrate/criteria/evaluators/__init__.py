"""The named evaluators, one file each; a file here with an EVALUATOR is one."""
