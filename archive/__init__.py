"""Archive: the register, the numbers, the seals and the shelves a contract is kept on."""
