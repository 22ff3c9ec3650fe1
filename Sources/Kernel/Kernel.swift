// The front page of Kernel.
