"""What all blueprints share: the policy of routes, forms, limits, the frame around a request."""
