// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FpLib} from "./Fp.sol";

/// @title Points of G1 and G2: strict reading and compression
/// @notice Reads EIP-2537 encodings (G1: x ‖ y, 128 bytes; G2: x.c0 ‖ x.c1 ‖ y.c0 ‖ y.c1, 256 bytes) and writes the
/// compressed form of the consensus layer (the ZCash format of draft-irtf-cfrg-pairing-friendly-curves, appendix C).
/// @dev That a point lies on the curve and in the subgroup is checked by the precompiles that use it: MSM and PAIRING
/// check both, ADD and MAP do not, so no point taken from outside may reach only those.
library Points {
    using FpLib for bytes;

    uint256 internal constant G1_LENGTH = 128;
    uint256 internal constant G2_LENGTH = 256;

    uint256 private constant FP_LENGTH = 64;
    uint128 private constant COMPRESSED = 1 << 127;
    uint128 private constant LARGER_Y = 1 << 125;

    error InvalidPointLength(uint256 length, uint256 expected);

    /// @notice `position` counts the points of the input from 0.
    error PointAtInfinity(uint256 position);

    /// @notice A coordinate is not below the field's modulus.
    error NonCanonicalPoint(uint256 position);

    /// @dev Reverts for coordinates ≥ p and for infinity (all zero), which EIP-2537 accepts but no key may be.
    function requireG1(bytes calldata points, uint256 position) internal pure {
        _requireCoordinates(points, position * G1_LENGTH, G1_LENGTH, position);
    }

    /// @dev As requireG1, for one point of G2.
    function requireG2(bytes calldata point) internal pure {
        if (point.length != G2_LENGTH) revert InvalidPointLength(point.length, G2_LENGTH);
        _requireCoordinates(point, 0, G2_LENGTH, 0);
    }

    /// @dev 48 bytes: x with the flags in its three free bits.
    function compressG1(bytes calldata point) internal pure returns (bytes memory) {
        (uint256 yHigh, uint256 yLow) = point.read(64);
        return _compress(point, 0, FpLib.isLarger(yHigh, yLow));
    }

    /// @dev 96 bytes: x.c1 with the flags, then x.c0. The sign of y is that of c1 unless c1 is zero.
    function compressG2(bytes calldata point) internal pure returns (bytes memory) {
        (uint256 yHigh, uint256 yLow) = point.read(192);
        if (yHigh == 0 && yLow == 0) (yHigh, yLow) = point.read(128);
        return bytes.concat(_compress(point, 64, FpLib.isLarger(yHigh, yLow)), point[16:64]);
    }

    function _requireCoordinates(bytes calldata points, uint256 offset, uint256 length, uint256 position) private pure {
        uint256 anyBit = 0;
        for (uint256 end = offset + length; offset < end; offset += FP_LENGTH) {
            (uint256 high, uint256 low) = points.read(offset);
            if (!FpLib.isCanonical(high, low)) revert NonCanonicalPoint(position);
            anyBit |= high | low;
        }
        if (anyBit == 0) revert PointAtInfinity(position);
    }

    function _compress(bytes calldata point, uint256 offset, bool larger) private pure returns (bytes memory) {
        (uint256 high, uint256 low) = point.read(offset);
        uint128 flags = larger ? COMPRESSED | LARGER_Y : COMPRESSED;
        return bytes.concat(bytes16(uint128(high) | flags), bytes32(low));
    }
}
