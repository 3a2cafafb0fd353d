// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Base field of BLS12-381
/// @notice Elements as EIP-2537 encodes them: 64 bytes, big-endian, the upper 16 zero; here in two words.
library FpLib {
    // p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
    uint256 internal constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 internal constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    // (p − 1) / 2
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    /// @dev A precompile of EIP-2537 (or MODEXP) is missing on this chain or ran out of gas.
    error PrecompileFailed(address precompile);

    /// @dev Reads 64 bytes at `offset`; the caller checked the length.
    function read(bytes calldata encoded, uint256 offset) internal pure returns (uint256 high, uint256 low) {
        assembly ("memory-safe") {
            high := calldataload(add(encoded.offset, offset))
            low := calldataload(add(encoded.offset, add(offset, 32)))
        }
    }

    /// @dev True for a < p: the one encoding that EIP-2537 accepts.
    function isCanonical(uint256 high, uint256 low) internal pure returns (bool) {
        return high < P_HIGH || (high == P_HIGH && low < P_LOW);
    }

    /// @dev True for a > (p − 1) / 2: the "lexicographically larger" of a and −a, the sign bit of compressed points.
    function isLarger(uint256 high, uint256 low) internal pure returns (bool) {
        return high > HALF_HIGH || (high == HALF_HIGH && low > HALF_LOW);
    }
}
