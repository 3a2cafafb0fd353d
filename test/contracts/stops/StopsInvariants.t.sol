// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Walk} from "../support/Walk.sol";
import {StopsHandler} from "./StopsHandler.sol";

/// @dev I16: stops stop exactly what the table says, alone and together, from their first second to their last.
contract StopsInvariants is Walk {
    uint256 private constant ROWS = 20;
    uint256 private constant STATES = 8;

    StopsHandler private handler;

    function setUp() external {
        vm.deal(address(this), 1 ether);
        handler = new StopsHandler{value: 1 ether}();
        targetContract(address(handler));
        _moves = [StopsHandler.act.selector];
        _paths = ["deposited", "requested", "filled", "claimed", "started", "finished"];
        // Every cell of the table.
        for (uint256 i = 0; i < ROWS * STATES; i++) _rarePaths.push(handler.pathOf(i / STATES, i % STATES));
        _play(handler, 250);
    }

    function invariant_poolSaysOfItsStopsWhatTheLedgerKnows() public view {
        check((handler.POOL().maxDeposit(address(handler)) > 0) == handler.expectsDeposits(), "deposits");
        check(handler.POOL().acceptsNewKeys() == handler.expectsNewKeys(), "new keys");
        check(handler.POOL().acceptsTopUps() == handler.expectsTopUps(), "top-ups");
    }

    function _requireInvariants() internal view override {
        invariant_poolSaysOfItsStopsWhatTheLedgerKnows();
    }
}
