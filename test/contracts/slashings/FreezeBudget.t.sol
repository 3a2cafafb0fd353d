// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FreezeBudget} from "../../../contracts/accounting/slashings/FreezeBudget.sol";
import {Test} from "../support/Test.sol";

contract FreezeBudgetTest is Test {
    using FreezeBudget for FreezeBudget.Budget;

    uint256 private constant MAXIMUM = 3 days;
    uint256 private constant PERIOD = 30 days;

    FreezeBudget.Budget private _budget;

    /// @dev Attack: whoever holds back slashed proofs shows them one by one, whenever it hurts most.
    function testFuzz_serialProofsFreezeNoMoreThanTheMaximumInAnyThirtyDays(uint32[24] calldata waits) external {
        uint256[24] memory since;
        uint256[24] memory until;
        uint256 last = 0;
        vm.warp(1_000 days);
        for (uint256 i = 0; i < 24; i++) {
            vm.warp(block.timestamp + bound(waits[i], 0, 12 days));
            if (waits[i] % 3 == 0 && _budget.lift()) until[last] = block.timestamp;
            // A freeze that stands goes on; only new ones are noted.
            if (block.timestamp < _budget.until) continue;
            last = i;
            until[i] = _budget.freeze(MAXIMUM, PERIOD);
            since[i] = Math.min(block.timestamp, until[i]);
        }
        for (uint256 i = 0; i < 24; i++) {
            _checkWindow(since, until, since[i]);
        }
    }

    function _checkWindow(uint256[24] memory since, uint256[24] memory until, uint256 start) private pure {
        uint256 frozen = 0;
        for (uint256 i = 0; i < 24; i++) {
            uint256 from = Math.max(since[i], start);
            uint256 to = Math.min(until[i], start + PERIOD);
            if (to > from) frozen += to - from;
        }
        check(frozen <= MAXIMUM, "frozen too long");
    }

    function test_theFirstFreezeMayUseItAll() external {
        vm.warp(1_000 days);
        check(_budget.freeze(MAXIMUM, PERIOD) == 1_003 days, "three days");
    }

    function test_anotherProofDoesNotExtendAFreeze() external {
        vm.warp(1_000 days);
        _budget.freeze(MAXIMUM, PERIOD);
        vm.warp(1_002 days);
        check(_budget.freeze(MAXIMUM, PERIOD) == 1_003 days, "the same end");
    }

    function test_nothingIsLeftUntilThirtyDaysWithoutFreezeHavePassed() external {
        vm.warp(1_000 days);
        _budget.freeze(MAXIMUM, PERIOD);
        vm.warp(1_032 days);
        check(_budget.freeze(MAXIMUM, PERIOD) <= block.timestamp, "spent");
        vm.warp(1_033 days);
        check(_budget.freeze(MAXIMUM, PERIOD) == 1_036 days, "fresh");
    }

    function test_aLiftedFreezeCostsOnlyWhatItTook() external {
        vm.warp(1_000 days);
        _budget.freeze(MAXIMUM, PERIOD);
        vm.warp(1_001 days);
        check(_budget.lift(), "lifted");
        check(!_budget.lift(), "only once");
        vm.warp(1_005 days);
        check(_budget.freeze(MAXIMUM, PERIOD) == 1_007 days, "two days left");
    }
}
