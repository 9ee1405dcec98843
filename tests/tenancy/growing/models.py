"""No models: the migrations are what is tested."""
