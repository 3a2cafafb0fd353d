// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fp, FpLib} from "./Fp.sol";

/// @title Points of G1 and G2: strict reading and compression
/// @notice Reads EIP-2537 encodings (G1: x ‖ y, 128 bytes; G2: x.c0 ‖ x.c1 ‖ y.c0 ‖ y.c1, 256 bytes) and writes the
/// compressed form of the consensus layer (the ZCash format of draft-irtf-cfrg-pairing-friendly-curves, appendix C).
/// @dev That a point lies on the curve and in the subgroup is checked by the precompiles that use it: G1MSM and PAIRING
/// check both, ADD and MAP do not, so no point taken from outside may reach only those.
library Points {
    using FpLib for Fp;
    using FpLib for bytes;

    uint256 internal constant G1_LENGTH = 128;
    uint256 internal constant G2_LENGTH = 256;

    uint128 private constant COMPRESSED = 1 << 127;
    uint128 private constant LARGER_Y = 1 << 125;

    error InvalidPointLength(uint256 length, uint256 expected);

    /// @notice `position` counts the points of the input from 0.
    error PointAtInfinity(uint256 position);

    /// @notice A coordinate is not below the field's modulus.
    error NonCanonicalPoint(uint256 position);

    /// @dev Reverts for coordinates ≥ p and for infinity (all zero), which EIP-2537 accepts but no key may be.
    function requireG1(bytes calldata points, uint256 position) internal pure {
        uint256 offset = position * G1_LENGTH;
        Fp memory x = points.read(offset);
        Fp memory y = points.read(offset + 64);
        if (!x.isCanonical() || !y.isCanonical()) revert NonCanonicalPoint(position);
        if (x.isZero() && y.isZero()) revert PointAtInfinity(position);
    }

    /// @dev As requireG1, for one point of G2.
    function requireG2(bytes calldata point) internal pure {
        if (point.length != G2_LENGTH) revert InvalidPointLength(point.length, G2_LENGTH);
        bool allZero = true;
        for (uint256 offset = 0; offset < G2_LENGTH; offset += 64) {
            Fp memory coordinate = point.read(offset);
            if (!coordinate.isCanonical()) revert NonCanonicalPoint(0);
            allZero = allZero && coordinate.isZero();
        }
        if (allZero) revert PointAtInfinity(0);
    }

    /// @dev 48 bytes: x with the flags in its three free bits.
    function compressG1(bytes calldata point) internal pure returns (bytes memory) {
        return _compress(point.read(0), point.read(64).isLarger());
    }

    /// @dev 96 bytes: x.c1 with the flags, then x.c0. The sign of y is that of c1 unless c1 is zero.
    function compressG2(bytes calldata point) internal pure returns (bytes memory) {
        Fp memory y1 = point.read(192);
        bool larger = y1.isZero() ? point.read(128).isLarger() : y1.isLarger();
        return bytes.concat(_compress(point.read(64), larger), point[16:64]);
    }

    function _compress(Fp memory x, bool larger) private pure returns (bytes memory) {
        uint128 flags = larger ? COMPRESSED | LARGER_Y : COMPRESSED;
        return bytes.concat(bytes16(uint128(x.high) | flags), bytes32(x.low));
    }
}
