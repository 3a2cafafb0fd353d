// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Handler} from "./Handler.sol";
import {Test} from "./Test.sol";

/// @title Base of suites of invariants
/// @dev An invariant runner gives each run calls by chance, and by other chance when any bytecode changes. So what a suite
/// must reach is reached in a walk that is always the same; each run by chance must reach a third of what is common.
abstract contract Walk is Test {
    Handler private _player;

    /// @dev How many a walk takes.
    uint256 internal _steps;

    /// @dev What a walk calls, with words by chance, each as often as it stands here.
    bytes4[] internal _moves;

    /// @dev What a walk must reach, and runs by chance a third of.
    string[] internal _paths;

    /// @dev What needs more luck than a run has: only a walk must reach it.
    string[] internal _rarePaths;

    /// @dev A check in a handler, or a revert that it did not expect.
    function invariant_noStepFails() public view virtual {
        _requireNoViolation(_player);
    }

    function test_everyPathIsReached() external virtual {
        check(_paths.length > 0, "no paths");
        for (uint256 i = 0; i < _steps; i++) {
            _walk(uint256(keccak256(abi.encode(i))));
            _requireNoViolation(_player);
            if (i % 10 == 0) _requireInvariants();
        }
        _requireInvariants();
        string memory missed = string.concat(_missed(_paths), _missed(_rarePaths));
        check(bytes(missed).length == 0, string.concat("never reached: ", missed));
    }

    function afterInvariant() public virtual {
        uint256 reached = 0;
        for (uint256 i = 0; i < _paths.length; i++) {
            if (_player.reached(_paths[i]) > 0) reached++;
        }
        check(reached * 3 >= _paths.length, "hardly anything happened");
    }

    function _play(Handler handler, uint256 steps) internal {
        (_player, _steps) = (handler, steps);
    }

    /// @dev The suite's own, which the runner calls one by one.
    function _requireInvariants() internal view virtual;

    function _requireNoViolation(Handler handler) internal view {
        bytes memory reason = handler.violation();
        if (reason.length == 0) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    function _missed(string[] storage paths) private view returns (string memory list) {
        for (uint256 i = 0; i < paths.length; i++) {
            if (_player.reached(paths[i]) == 0) list = string.concat(list, paths[i], "; ");
        }
    }

    function _walk(uint256 seed) private {
        bytes4 move = _moves[seed % _moves.length];
        uint256[5] memory words;
        for (uint256 i = 0; i < 5; i++) {
            words[i] = uint256(keccak256(abi.encode(seed, i)));
        }
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(_player).call(abi.encodePacked(move, words));
        check(success, "a move that is no step");
    }
}
