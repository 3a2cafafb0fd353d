// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// @title Walks of handlers
/// @dev An invariant runner gives each run calls by chance, and by other chance when any bytecode changes. So what a suite
/// must reach is reached in a walk that is always the same; each run by chance must reach half of it.
abstract contract Walk is Test {
    /// @param masks Of the arguments, which are random words.
    struct Move {
        bytes4 selector;
        uint256[5] masks;
    }

    uint256 internal constant ALL = type(uint256).max;

    /// @dev Reverts of the handler are moves that its state does not allow, as in runs; failed checks of its own are not.
    function _walk(address handler, Move[] memory moves, uint256 steps) internal returns (uint256 successes) {
        for (uint256 i = 0; i < steps; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            Move memory move = moves[seed % moves.length];
            uint256[5] memory words;
            for (uint256 k = 0; k < 5; k++) {
                words[k] = uint256(keccak256(abi.encode(seed, k))) & move.masks[k];
            }
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, bytes memory reason) = handler.call(abi.encodePacked(move.selector, words));
            check(success || bytes4(reason) != AssertionFailed.selector, string(reason));
            if (success) successes++;
        }
    }

    function _move(bytes4 selector) internal pure returns (Move memory) {
        return Move(selector, [ALL, ALL, ALL, ALL, ALL]);
    }

    function _requireAll(string[] memory names, uint256[] memory counts) internal pure {
        for (uint256 i = 0; i < names.length; i++) {
            check(counts[i] > 0, string.concat("never reached: ", names[i]));
        }
    }

    function _requireHalf(string[] memory names, uint256[] memory counts) internal pure {
        uint256 reached = 0;
        for (uint256 i = 0; i < names.length; i++) {
            if (counts[i] > 0) reached++;
        }
        check(reached * 2 >= names.length, "hardly anything happened");
    }
}
