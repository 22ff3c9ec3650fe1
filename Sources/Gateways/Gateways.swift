// The front page of Gateways.
