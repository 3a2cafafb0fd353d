// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeadSets} from "../../../contracts/interfaces/IDeadSets.sol";
import {ChunkRun} from "../../../contracts/libraries/ChunkRun.sol";
import {Slot} from "../../../contracts/libraries/Units.sol";
import {FeeDistributor} from "../../../contracts/operators/FeeDistributor.sol";
import {Test} from "../support/Test.sol";
import {SimulatedSets} from "./SimulatedSets.sol";

/// @dev Set 1 has keys 4 to 7 with 2,048 ETH each; a stranger's validator shares the next chunk. Days of 7,200 slots.
contract DeadSetsTest is Test {
    uint64 private constant BALANCE = 2_048e9;
    uint64 private constant DAY_OFFLINE = 0.0985e9;
    uint64 private constant DAY_SLOTS = 7_200;
    uint64 private constant FIRST = 1_000_000;

    SimulatedSets private sets;
    FeeDistributor private fees;

    function setUp() external {
        vm.warp(uint256(FIRST + 2 * DAY_SLOTS) * 12);
        sets = new SimulatedSets();
        fees = sets.fees();
        for (uint64 i = 4; i < 8; i++) {
            sets.addKey(1, i, true);
        }
    }

    function test_oneDayOfflineIsNoDeadSetAndCostsNothing() external {
        _state(0, 4, 0);
        _state(1, 4, DAY_OFFLINE);
        _claim(0, 1);
        check(!fees.isDead(1), "one day");
        check(sets.bondOf(11) == 3 ether, "no charge");
    }

    function test_twoDaysInARowAreChargedToAllSevenInEqualParts() external {
        _twoDays();
        check(fees.isDead(1), "dead");
        // 8 × 0.0985 ETH ÷ 7.
        uint256 each = (8 * uint256(DAY_OFFLINE) * 1 gwei) / 7;
        for (uint256 i = 11; i <= 17; i++) {
            check(sets.bondOf(i) == 3 ether - each, "a seventh");
        }
        vm.warp(block.timestamp + 2 days + 12);
        check(!fees.isDead(1), "not without another claim");
    }

    function test_sameFallIsNotChargedTwice() external {
        _twoDays();
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeadSets.ClaimedBefore.selector,
                Slot.wrap(FIRST + DAY_SLOTS),
                Slot.wrap(FIRST + 2 * DAY_SLOTS)
            )
        );
        _claim(1, 2);
    }

    function test_chargesEndAtATenthOfTheRequirement() external {
        _twoDays();
        for (uint64 day = 3; day < 10; day++) {
            _state(day, 4, day * DAY_OFFLINE);
            _claim(day - 1, day);
        }
        uint256 paid = 3 ether - sets.bondOf(11);
        check(paid <= 0.2 ether && paid > 0.2 ether - 1 gwei, "a tenth of 2 ETH");
        check(fees.isDead(1), "still dead");
    }

    function test_partialWithdrawalIsNoOutage() external {
        _state(0, 4, 0);
        _state(1, 4, 1e9);
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.NotOffline.selector, 1, 0, 4));
        _claim(0, 1);
    }

    function test_aSetThatEarnsIsAlive() external {
        _state(0, 4, DAY_OFFLINE);
        _state(1, 4, 0);
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.NotOffline.selector, 1, 0, 4));
        _claim(0, 1);
    }

    function test_oneOfflineKeyOfFourIsNoDeadSet() external {
        for (uint64 i = 5; i < 8; i++) {
            sets.setBalance(_root(0), i, BALANCE);
            sets.setBalance(_root(1), i, BALANCE + 1e6);
        }
        sets.setBalance(_root(0), 4, BALANCE);
        sets.setBalance(_root(1), 4, BALANCE - DAY_OFFLINE);
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.NotOffline.selector, 1, 1, 4));
        _claim(0, 1);
    }

    function test_keysThatAreNotActiveOrOfAnotherSetDontCount() external {
        sets.addKey(2, 8, true);
        sets.addKey(1, 9, false);
        for (uint64 i = 8; i < 12; i++) {
            sets.setBalance(_root(0), i, BALANCE);
            sets.setBalance(_root(1), i, BALANCE - DAY_OFFLINE);
        }
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.NotOffline.selector, 1, 0, 5));
        fees.proveOffline(1, _balances(0, 2), _balances(1, 2));
    }

    function test_underALeaseOrAfterAChangeNothingIsCharged() external {
        _state(0, 4, 0);
        _state(1, 4, DAY_OFFLINE);
        sets.setLease(1, 0x0f, 0);
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.ConfigurationChanged.selector, 1));
        _claim(0, 1);
        sets.setLease(1, 0, 0x0f);
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.ConfigurationChanged.selector, 1));
        _claim(0, 1);
        sets.setLease(1, 0, 0);
        sets.setStartEpoch(1, FIRST / 32 + 1);
        vm.expectRevert(abi.encodeWithSelector(IDeadSets.ConfigurationChanged.selector, 1));
        _claim(0, 1);
    }

    function test_spanMustBeAboutADay() external {
        _state(0, 4, 0);
        _state(3, 4, 3 * DAY_OFFLINE);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeadSets.WrongSpan.selector,
                Slot.wrap(FIRST),
                Slot.wrap(FIRST + 3 * DAY_SLOTS),
                6_000,
                14_400
            )
        );
        _claim(0, 3);
        vm.expectPartialRevert(IDeadSets.WrongSpan.selector);
        _claim(0, 0);
    }

    function test_bothProofsMustBeAboutTheSameChunks() external {
        _state(0, 4, 0);
        _state(1, 4, DAY_OFFLINE);
        vm.expectRevert(IDeadSets.DifferentKeys.selector);
        fees.proveOffline(1, _balances(0, 1), _balances(1, 2));
    }

    function test_aGapEndsTheStreak() external {
        _state(0, 4, 0);
        _state(1, 4, DAY_OFFLINE);
        _claim(0, 1);
        _state(5, 4, DAY_OFFLINE);
        _state(6, 4, 2 * DAY_OFFLINE);
        _claim(5, 6);
        check(!fees.isDead(1), "not in a row");
        check(sets.bondOf(11) == 3 ether, "no charge");
    }

    function _twoDays() private {
        _state(0, 4, 0);
        _state(1, 4, DAY_OFFLINE);
        _state(2, 4, 2 * DAY_OFFLINE);
        _claim(0, 1);
        _claim(1, 2);
    }

    /// @dev The four keys from `first` on have lost `lostGwei` at day `day`.
    function _state(uint64 day, uint64 first, uint64 lostGwei) private {
        for (uint64 i = first; i < first + 4; i++) {
            sets.setBalance(_root(day), i, BALANCE - lostGwei);
        }
    }

    function _claim(uint64 from, uint64 to) private {
        vm.warp(uint256(FIRST + to * DAY_SLOTS) * 12);
        fees.proveOffline(1, _balances(from, 1), _balances(to, 1));
    }

    function _root(uint64 day) private pure returns (bytes32) {
        return bytes32(uint256(day) + 1);
    }

    function _balances(uint64 day, uint64 firstChunk) private pure returns (IDeadSets.BalancesAt memory at_) {
        at_.anchor.header.slot = Slot.wrap(FIRST + day * DAY_SLOTS);
        at_.anchor.header.stateRoot = _root(day);
        at_.proof.runs = new ChunkRun[](1);
        at_.proof.runs[0] = ChunkRun.wrap((1 << 40) | firstChunk);
        at_.proof.chunks = new bytes32[](1);
    }
}
