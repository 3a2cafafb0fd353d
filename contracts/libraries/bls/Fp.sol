// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Element of the base field of BLS12-381 as EIP-2537 encodes it: 64 bytes, big-endian, the upper 16 zero.
struct Fp {
    uint256 high;
    uint256 low;
}

/// @title Base field of BLS12-381
library FpLib {
    // p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    // (p − 1) / 2
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    address private constant MODEXP = address(0x05);

    error PrecompileFailed(address precompile);

    /// @dev Reads 64 bytes at `offset`; the caller checked the length.
    function read(bytes calldata encoded, uint256 offset) internal pure returns (Fp memory element) {
        element.high = uint256(bytes32(encoded[offset:offset + 32]));
        element.low = uint256(bytes32(encoded[offset + 32:offset + 64]));
    }

    function isZero(Fp memory a) internal pure returns (bool) {
        return a.high == 0 && a.low == 0;
    }

    /// @dev True for a < p: the one encoding that EIP-2537 accepts.
    function isCanonical(Fp memory a) internal pure returns (bool) {
        return a.high < P_HIGH || (a.high == P_HIGH && a.low < P_LOW);
    }

    /// @dev True for a > (p − 1) / 2: the "lexicographically larger" of a and −a, the sign bit of compressed points.
    function isLarger(Fp memory a) internal pure returns (bool) {
        return a.high > HALF_HIGH || (a.high == HALF_HIGH && a.low > HALF_LOW);
    }

    /// @dev Reduces 64 uniform bytes modulo p (RFC 9380 §5.2), encoded for EIP-2537.
    function reduce(bytes32 high, bytes32 low) internal view returns (bytes memory) {
        bytes memory input = abi.encode(64, 1, 64, high, low);
        (bool success, bytes memory output) = MODEXP.staticcall(
            bytes.concat(input, hex"01", abi.encode(P_HIGH, P_LOW))
        );
        if (!success || output.length != 64) revert PrecompileFailed(MODEXP);
        return output;
    }
}
