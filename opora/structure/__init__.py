"""The pages of the company's structure: roles, groups, departments, what each person sees and why, the log."""
