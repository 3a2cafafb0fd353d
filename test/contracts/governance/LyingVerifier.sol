// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Takes every proof of everything: what a majority of depositors might want to put in force. Answers each question with
/// zeros, which stand for "proven".
contract LyingVerifier {
    fallback() external {
        assembly ("memory-safe") {
            return(0, 32)
        }
    }
}
