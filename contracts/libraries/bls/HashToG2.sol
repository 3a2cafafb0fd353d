// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FpLib} from "./Fp.sol";

/// @title Hash of a 32-byte message to G2
/// @notice RFC 9380 suite BLS12381G2_XMD:SHA-256_SSWU_RO_ with Ethereum's domain separation tag.
library HashToG2 {
    // The tag's own length is its last byte (DST_prime).
    bytes private constant DST_PRIME = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_\x2b";

    address private constant G2_ADD = address(0x0d);
    address private constant MAP_FP2_TO_G2 = address(0x11);

    /// @dev The precompile clears the cofactor of each mapped point; that equals clearing it once after the addition.
    function hashToG2(bytes32 message) internal view returns (bytes memory) {
        bytes32[8] memory uniform = _expand(message);
        bytes memory q0 = _map(uniform[0], uniform[1], uniform[2], uniform[3]);
        bytes memory q1 = _map(uniform[4], uniform[5], uniform[6], uniform[7]);
        return _call(G2_ADD, bytes.concat(q0, q1));
    }

    /// @dev expand_message_xmd (RFC 9380 §5.3.1) to 256 bytes: two elements of Fp2, 64 bytes per coordinate.
    function _expand(bytes32 message) private pure returns (bytes32[8] memory uniform) {
        bytes32 b0 = sha256(abi.encodePacked(new bytes(64), message, uint16(256), uint8(0), DST_PRIME));
        bytes32 previous;
        for (uint8 i = 1; i <= 8; i++) {
            previous = sha256(abi.encodePacked(b0 ^ previous, i, DST_PRIME));
            uniform[i - 1] = previous;
        }
    }

    function _map(bytes32 a, bytes32 b, bytes32 c, bytes32 d) private view returns (bytes memory) {
        return _call(MAP_FP2_TO_G2, bytes.concat(FpLib.reduce(a, b), FpLib.reduce(c, d)));
    }

    function _call(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool success, bytes memory output) = precompile.staticcall(input);
        if (!success || output.length != 256) revert FpLib.PrecompileFailed(precompile);
        return output;
    }
}
