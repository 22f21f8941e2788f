"""Pages of what is kept quiet: they call nobody meanwhile, and begin anew afterwards."""
