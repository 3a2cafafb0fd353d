// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HashToG2} from "./bls/HashToG2.sol";
import {Points} from "./bls/Points.sol";
import {SharePolynomial} from "./bls/SharePolynomial.sol";

/// @title BLS12381
/// @notice What the contracts ask of BLS12-381, by the precompiles of EIP-2537. Deployed once and linked. Points come in
/// EIP-2537 encoding; keys in G1, signatures in G2 (the consensus layer's "minimal public key size").
/// @dev A failing precompile burns the gas given to it: only the caller's own transaction pays for wrong points.
library BLS12381 {
    address private constant PAIRING = address(0x0f);

    /// @dev −G₁, EIP-2537 encoding.
    bytes private constant NEGATED_GENERATOR =
        hex"0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f"
        hex"c3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        hex"00000000000000000000000000000000114d1d6855d545a8aa7d76c8cf2e21f2"
        hex"67816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca";

    /// @notice The signature is not the key's for this message, or one of them is not a point of its group.
    error InvalidSignature();

    /// @notice Reverts unless `points` are a group key (= 720·P(0)·G₁) and the keys of the seven shares P(1)…P(7) of one
    /// polynomial P of degree ≤ 3, all in the subgroup, none infinity, no two share keys equal.
    /// @param points 8 × 128 bytes.
    /// @param context Binds the test's randomness to chain and set.
    /// @return groupKey 48 bytes, compressed.
    function verifySharing(bytes calldata points, bytes32 context) external view returns (bytes memory groupKey) {
        uint256 expected = SharePolynomial.COLUMNS * Points.G1_LENGTH;
        if (points.length != expected) revert Points.InvalidPointLength(points.length, expected);
        for (uint256 column = 0; column < SharePolynomial.COLUMNS; column++) {
            Points.requireG1(points, column);
        }
        SharePolynomial.requireDistinctShareKeys(points);
        SharePolynomial.requireOnePolynomial(points, context);
        return Points.compressG1(points[:Points.G1_LENGTH]);
    }

    /// @notice Reverts unless `signature` is the signature of `message` by `publicKey`: e(pk, H(m)) = e(G₁, σ).
    /// @param publicKey 128 bytes. @param message 32-byte signing root. @param signature 256 bytes.
    /// @return compressed The signature in 96 bytes.
    function verifySignature(
        bytes calldata publicKey,
        bytes32 message,
        bytes calldata signature
    ) external view returns (bytes memory compressed) {
        if (publicKey.length != Points.G1_LENGTH) {
            revert Points.InvalidPointLength(publicKey.length, Points.G1_LENGTH);
        }
        Points.requireG1(publicKey, 0);
        Points.requireG2(signature);
        (bool success, bytes memory output) = PAIRING.staticcall(
            bytes.concat(publicKey, HashToG2.hashToG2(message), NEGATED_GENERATOR, signature)
        );
        if (!success || output.length != 32 || uint256(bytes32(output)) != 1) revert InvalidSignature();
        return Points.compressG2(signature);
    }

    /// @notice Compresses a G1 point to 48 bytes; neither curve nor subgroup is checked.
    function compressG1(bytes calldata point) external pure returns (bytes memory) {
        if (point.length != Points.G1_LENGTH) revert Points.InvalidPointLength(point.length, Points.G1_LENGTH);
        Points.requireG1(point, 0);
        return Points.compressG1(point);
    }

    /// @notice Compresses a G2 point to 96 bytes; neither curve nor subgroup is checked.
    function compressG2(bytes calldata point) external pure returns (bytes memory) {
        Points.requireG2(point);
        return Points.compressG2(point);
    }

    /// @notice Hash of a signing root to G2, 256 bytes.
    function hashToG2(bytes32 message) external view returns (bytes memory) {
        return HashToG2.hashToG2(message);
    }
}
