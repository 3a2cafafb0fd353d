// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidatorExits} from "../../../contracts/interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {Gwei} from "../../../contracts/libraries/Units.sol";
import {ExitsSetup} from "./ExitsSetup.sol";

contract ConsolidationsTest is ExitsSetup {
    IValidatorExits.Reason private constant REASON = IValidatorExits.Reason.LeaverDeadline;

    function setUp() public override {
        super.setUp();
        neighbours.setReasons(false, true);
        neighbours.setBalance(gwei_(1_000));
    }

    function test_MovesABalanceWithoutBringingAnyToThePool() public {
        consolidate(1, 2, REASON);
        bytes memory sent = abi.encodePacked(address(vault), pubkey(1), pubkey(2));
        check(keccak256(dequeue(CONSOLIDATIONS)) == keccak256(sent), "as EIP-7251 says");
        check(exits.expectedWei() == 0, "no exit in disguise");
        check(neighbours.report(idOf(1), gwei_(1_000)) == 0 && neighbours.report(idOf(2), gwei_(1_000)) == 0, "none");
        check(neighbours.stakesAdded() == 1, "the target's set carries more than a target balance");

        bytes32 source = idOf(1);
        vm.expectPartialRevert(IValidatorExits.SourceNotWithdrawn.selector);
        exits.finishConsolidation(source);
        _set(1, IValidatorRecords.ValidatorState.Withdrawn);
        exits.finishConsolidation(source);
        check(!neighbours.requestOpen(idOf(2)), "the target is free again");
        vm.expectPartialRevert(IValidatorExits.NoSuchRequest.selector);
        exits.finishConsolidation(source);
    }

    function test_IsNoWayToExitForLiquidityOrWithoutReason() public {
        neighbours.setQueue(5_000 ether, 0);
        vm.expectPartialRevert(IValidatorExits.ReasonNotGiven.selector);
        consolidate(1, 2, IValidatorExits.Reason.Liquidity);
        vm.expectPartialRevert(IValidatorExits.ReasonNotGiven.selector);
        consolidate(1, 2, IValidatorExits.Reason.DeadSet);
    }

    function test_TakesTwoOfOursThatAreActiveAndFitTogether() public {
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        consolidate(1, 1, REASON);
        _set(3, IValidatorRecords.ValidatorState.Exiting);
        vm.expectPartialRevert(IValidatorExits.KeyNotLive.selector);
        consolidate(1, 3, REASON);
        neighbours.setBalance(gwei_(1_025));
        vm.expectPartialRevert(IValidatorExits.ConsolidationTooLarge.selector);
        consolidate(1, 2, REASON);
    }

    function test_NothingIsMovedToAKeyThatIsLeavingItself() public {
        _set(3, IValidatorRecords.ValidatorState.Active);
        vm.expectPartialRevert(IValidatorExits.KeyNotLive.selector);
        consolidate(1, 3, REASON);
        neighbours.setChanging(true);
        vm.expectPartialRevert(IValidatorExits.KeyNotLive.selector);
        consolidate(1, 2, REASON);
    }

    function test_ADroppedOneLapsesAndItsSourceCanBeExited() public {
        consolidate(1, 2, REASON);
        bytes32 source = idOf(1);
        vm.expectPartialRevert(IValidatorExits.LapseTooEarly.selector);
        exits.lapse(source, anchor(), proofOf(1));
        vm.warp(block.timestamp + 1 days);
        exits.lapse(source, anchor(), proofOf(1));
        check(!neighbours.requestOpen(idOf(2)), "the target is free again");
        check(neighbours.stakesAdded() == 0, "its set gave the stake back");
        requestExit(1, REASON);
        check(dequeue(WITHDRAWALS).length == 76, "exited instead");
    }

    function test_NothingElseIsAskedOfEitherMeanwhile() public {
        consolidate(1, 2, REASON);
        neighbours.setQueue(100 ether, 0);
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        requestPartial(2);
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        requestExit(1, REASON);
    }

    function consolidate(uint8 source, uint8 target, IValidatorExits.Reason reason) private {
        exits.requestConsolidation(reason, anchor(), evidence(source), evidence(target));
    }
}
