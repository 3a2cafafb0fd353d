// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Points} from "./Points.sol";

/// @title One polynomial behind a group key and seven share keys
/// @notice The sharing polynomial P has degree ≤ 3, seat i holds P(i), and the group key is 720·P(0)·G₁, because 720 makes
/// the Lagrange weights of any four seats integers.
///
/// The test is a random word of the dual code (SCRAPE, Cascudo and David 2017). The values of polynomials of degree ≤ 3 at
/// the eight places 0…7 form a Reed–Solomon code; its dual consists of the words vᵢ·f(i) with deg f ≤ 8 − 4 − 1 = 3 and
/// vᵢ = ∏_{j≠i} (i − j)⁻¹, up to a factor (−1)ⁱ·C(7, i). So for points on one polynomial, and every f,
///
///     Σᵢ (−1)ⁱ·C(7, i)·f(i)·P(i)·G₁ = ∞.
///
/// With the group key K = 720·P(0)·G₁ in column 0, the other seven columns are multiplied by 720 instead of dividing K:
///
///     f(0)·K + Σᵢ₌₁..₇ 720·(−1)ⁱ·C(7, i)·f(i)·Sᵢ = ∞.
///
/// Points that are not on one polynomial pass for one f in r ≈ 2²⁵⁵. f comes from a hash of all eight points and the
/// context, so it can't be known before the points are fixed.
library SharePolynomial {
    uint256 internal constant COLUMNS = 8;

    /// @dev Order of the groups.
    uint256 private constant R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    /// @dev C(7, i), one byte each: 1, 7, 21, 35, 35, 21, 7, 1.
    bytes8 private constant BINOMIALS = 0x0107152323150701;

    address private constant G1_MSM = address(0x0c);

    error NotOnOnePolynomial();

    /// @notice A point is not on the curve or not in the subgroup of order r.
    error InvalidPoint();
    error EqualShareKeys(uint256 seatA, uint256 seatB);

    /// @dev `points`: eight G1 points that passed Points.requireG1. G1MSM checks curve and subgroup of each.
    function requireOnePolynomial(bytes calldata points, bytes32 context) internal view {
        uint256[4] memory f = _coefficients(keccak256(abi.encodePacked("Septet dual code test", context, points)));
        bytes memory input;
        for (uint256 column = 0; column < COLUMNS; column++) {
            uint256 scalar = mulmod(_weight(column), _evaluate(f, column), R);
            uint256 offset = column * Points.G1_LENGTH;
            input = bytes.concat(input, points[offset:offset + Points.G1_LENGTH], bytes32(scalar));
        }
        (bool success, bytes memory sum) = G1_MSM.staticcall(input);
        if (!success || sum.length != Points.G1_LENGTH) revert InvalidPoint();
        if (keccak256(sum) != keccak256(new bytes(Points.G1_LENGTH))) revert NotOnOnePolynomial();
    }

    /// @dev Two seats with one share would be one seat: whoever holds it counts twice.
    function requireDistinctShareKeys(bytes calldata points) internal pure {
        bytes32[COLUMNS] memory hashes;
        for (uint256 seat = 1; seat < COLUMNS; seat++) {
            uint256 offset = seat * Points.G1_LENGTH;
            hashes[seat] = keccak256(points[offset:offset + Points.G1_LENGTH]);
            for (uint256 other = 1; other < seat; other++) {
                if (hashes[other] == hashes[seat]) revert EqualShareKeys(other, seat);
            }
        }
    }

    function _coefficients(bytes32 seed) private pure returns (uint256[4] memory f) {
        for (uint256 i = 0; i < 4; i++) {
            f[i] = uint256(keccak256(abi.encode(seed, i))) % R;
        }
    }

    function _evaluate(uint256[4] memory f, uint256 x) private pure returns (uint256 value) {
        for (uint256 i = 4; i > 0; i--) {
            value = addmod(mulmod(value, x, R), f[i - 1], R);
        }
    }

    /// @dev (−1)ⁱ·C(7, i), times 720 in the columns of the share keys.
    function _weight(uint256 column) private pure returns (uint256) {
        if (column == 0) return 1;
        uint256 magnitude = 720 * uint256(uint8(BINOMIALS[column]));
        return column % 2 == 0 ? magnitude : R - magnitude;
    }
}
