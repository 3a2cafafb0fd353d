// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Points} from "./Points.sol";

/// @title One polynomial behind a group key and seven share keys
/// @notice The sharing polynomial P has degree ≤ 3, seat i holds P(i), and the group key is 720·P(0)·G₁, because 720
/// makes the Lagrange weights of any four seats integers.
///
/// The test is a random word of the dual code (SCRAPE, Cascudo and David 2017). The values of polynomials of degree ≤
/// 3 at the eight places 0…7 form a Reed–Solomon code; its dual consists of the words vᵢ·f(i) with deg f ≤ 8 − 4 − 1
/// = 3 and vᵢ = ∏_{j≠i} (i − j)⁻¹, up to a factor (−1)ⁱ·C(7, i). So for points on one polynomial, and every f,
///
///     Σᵢ (−1)ⁱ·C(7, i)·f(i)·P(i)·G₁ = ∞.
///
/// With the group key K = 720·P(0)·G₁ in column 0, the other seven columns are multiplied by 720 instead of dividing K:
///
///     f(0)·K + Σᵢ₌₁..₇ 720·(−1)ⁱ·C(7, i)·f(i)·Sᵢ = ∞.
///
/// Points that are not on one polynomial pass for one f in r ≈ 2²⁵⁵, so the sums of several keys, each under an f of
/// its own, can be tested as one. All f come from one hash of *all* points and the context: they can't be known
/// before every point is fixed. *Because* were each f a hash of its own key alone, 20 wrong keys could be searched
/// for whose sums cancel.
library SharePolynomial {
    uint256 internal constant COLUMNS = 8;

    /// @dev Order of the groups.
    uint256 private constant R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    /// @dev C(7, i), one byte each: 1, 7, 21, 35, 35, 21, 7, 1.
    bytes8 private constant BINOMIALS = 0x0107152323150701;

    /// @dev A point and its scalar.
    uint256 private constant TERM_LENGTH = 160;

    uint160 private constant G1_MSM = 0x0c;

    error NotOnOnePolynomial();

    /// @notice A point is not on the curve or not in the subgroup of order r.
    error InvalidPoint();
    error EqualShareKeys(uint256 seatA, uint256 seatB);

    /// @dev `keys`: of each its eight G1 points, which passed Points.requireG1. G1MSM checks curve and subgroup of
    /// each.
    function requireOnePolynomialEach(bytes[] calldata keys, bytes32 context) internal view {
        bytes32 seed = keccak256(abi.encodePacked("Septet dual code test", context, keys.length));
        for (uint256 i = 0; i < keys.length; i++) {
            seed = keccak256(abi.encode(seed, keccak256(keys[i])));
        }
        bytes memory terms = new bytes(keys.length * COLUMNS * TERM_LENGTH);
        for (uint256 i = 0; i < keys.length; i++) {
            _writeTerms(terms, i * COLUMNS * TERM_LENGTH, keys[i], keccak256(abi.encode(seed, i)));
        }
        _requireZeroSum(terms);
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

    /// @dev The eight points of a key, each times its part of the word.
    function _writeTerms(bytes memory terms, uint256 offset, bytes calldata points, bytes32 seed) private pure {
        uint256[4] memory f = _coefficients(seed);
        for (uint256 column = 0; column < COLUMNS; column++) {
            uint256 scalar = mulmod(_weight(column), _evaluate(f, column), R);
            uint256 from = column * Points.G1_LENGTH;
            assembly ("memory-safe") {
                let target := add(add(terms, 32), offset)
                calldatacopy(target, add(points.offset, from), 128)
                mstore(add(target, 128), scalar)
            }
            offset += TERM_LENGTH;
        }
    }

    function _requireZeroSum(bytes memory terms) private view {
        bool success;
        bool zero;
        assembly ("memory-safe") {
            let sum := mload(0x40)
            success := staticcall(gas(), G1_MSM, add(terms, 32), mload(terms), sum, 128)
            success := and(success, eq(returndatasize(), 128))
            zero := iszero(or(or(mload(sum), mload(add(sum, 32))), or(mload(add(sum, 64)), mload(add(sum, 96)))))
        }
        if (!success) revert InvalidPoint();
        if (!zero) revert NotOnOnePolynomial();
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
