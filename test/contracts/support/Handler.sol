// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// @title Base of the handlers that an invariant runner plays with
/// @dev The runner takes a revert of a handler for a move that is not allowed and passes over it: a check that failed there
/// would be lost, and so would a call that a contract refused for no reason. So each move of a handler is a `step`: the
/// first one that reverts is kept, and `Walk` fails. What may be refused is caught in place, where `expectRefusal` looks at
/// it. The configuration's `failOnRevert` finds a move that is no step.
abstract contract Handler is Test {
    bytes4 private constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @dev How often each path was taken.
    mapping(string path => uint256) public reached;

    /// @dev What the first step that failed reverted with; empty while none has.
    bytes public violation;

    /// @dev A call to itself, so that the ledger is as it was before a step that fails.
    modifier step() {
        if (msg.sender == address(this)) {
            _;
            return;
        }
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory reason) = address(this).call(msg.data);
        if (success || violation.length > 0) return;
        violation = reason.length > 0 ? reason : abi.encodeWithSelector(AssertionFailed.selector, "reverted");
    }

    /// @dev A contract refuses with an error of its own. A panic, or nothing at all, is a fault of the contract.
    function expectRefusal(bytes memory reason) internal pure {
        bytes4 selector = bytes4(reason);
        check(selector != 0 && selector != PANIC && selector != AssertionFailed.selector, "no refusal but a failure");
    }
}
