// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IFeeDistributor} from "../../../contracts/interfaces/IFeeDistributor.sol";
import {FeeDistributor} from "../../../contracts/operators/FeeDistributor.sol";
import {Test} from "../support/Test.sol";
import {SimulatedSets} from "./SimulatedSets.sol";

contract FeeDistributorTest is Test {
    uint8 private constant SEATS_1_TO_4 = 0x0f;

    SimulatedSets private sets;
    FeeDistributor private fees;

    function setUp() external {
        sets = new SimulatedSets();
        fees = sets.fees();
    }

    function test_setsSharedByStakeSeatsEqually() external {
        sets.changeStake(1, 3_000 ether);
        sets.changeStake(2, 1_000 ether);
        sets.mintFees(28 ether);
        fees.divide(1);
        fees.divide(2);
        for (uint256 i = 1; i <= 7; i++) {
            check(fees.claimable(10 + i) == 3 ether, "three quarters by seven");
            check(fees.claimable(20 + i) == 1 ether, "one quarter by seven");
        }
        check(fees.claim(11) == 3 ether, "claimed");
        check(sets.balanceOf(address(0x1000 + 11)) == 3 ether, "to the payout address");
        vm.expectRevert(abi.encodeWithSelector(IFeeDistributor.NothingToClaim.selector, 11));
        fees.claim(11);
    }

    function test_stakeEarnsFromWhenItIsProvenToWhenItIsGone() external {
        sets.changeStake(1, 1_000 ether);
        sets.mintFees(7 ether);
        sets.changeStake(2, 1_000 ether);
        sets.mintFees(14 ether);
        sets.changeStake(1, -1_000 ether);
        sets.mintFees(7 ether);
        check(fees.undivided(1) == 14 ether, "seven alone, seven of fourteen");
        check(fees.undivided(2) == 14 ether, "seven of fourteen, seven alone");
        check(fees.totalProvenStakeWei() == 1_000 ether && fees.provenStakeWei(1) == 0, "stakes");
    }

    function test_feesBeforeAnyStakeWaitForTheFirst() external {
        sets.mintFees(7 ether);
        sets.changeStake(1, 32 ether);
        check(fees.undivided(1) == 0, "not yet");
        sets.mintFees(7 ether);
        check(fees.undivided(1) == 14 ether, "both");
    }

    function test_leasedOutSeatsEarnNothingAndTheFourNoMoreForIt() external {
        sets.changeStake(1, 32 ether);
        sets.setLease(1, SEATS_1_TO_4, 0);
        fees.divide(1);
        sets.mintFees(7 ether);
        fees.divide(1);
        for (uint256 i = 1; i <= 7; i++) {
            check(fees.claimable(10 + i) == (i <= 4 ? 1 ether : 0), "a seventh or nothing");
        }
        check(fees.unpaidShares() == 3 ether, "for the depositors");
        uint256 supply = sets.totalSupply();
        check(fees.returnUnpaid() == 3 ether, "returned");
        check(sets.totalSupply() == supply - 3 ether && fees.unpaidShares() == 0, "burned");
    }

    function test_leaseThatIsAcceptedStopsFeesThoughItHasNotBegun() external {
        sets.changeStake(1, 32 ether);
        sets.mintFees(7 ether);
        // SetChanges calls before and after it accepts.
        fees.divide(1);
        sets.setLease(1, 0, SEATS_1_TO_4);
        fees.divide(1);
        check(fees.claimable(17) == 1 ether, "until now");
        sets.mintFees(7 ether);
        sets.setLease(1, SEATS_1_TO_4, 0);
        sets.mintFees(7 ether);
        // The lease has ended before anyone called.
        sets.setLease(1, 0, 0);
        fees.divide(1);
        check(fees.claimable(17) == 1 ether, "nothing by waiting for the end");
        check(fees.claimable(11) == 3 ether, "the four all the time");
        sets.mintFees(7 ether);
        fees.divide(1);
        check(fees.claimable(17) == 2 ether, "from the first division after the lease on");
    }

    function test_convictedSeatEarnsNothingAndTheOthersNoMoreForIt() external {
        sets.changeStake(1, 32 ether);
        sets.mintFees(7 ether);
        fees.divide(1);
        sets.setEmptied(1, 0x02);
        sets.mintFees(7 ether);
        fees.divide(1);
        check(fees.claimable(12) == 1 ether, "what it had");
        check(fees.claimable(11) == 2 ether, "no more");
        check(fees.unpaidShares() == 1 ether, "for the depositors");
    }

    function test_exMemberClaimsWhatItEarnedAndNothingLater() external {
        sets.changeStake(1, 32 ether);
        sets.mintFees(7 ether);
        fees.divide(1);
        sets.replace(1, 3, 99);
        sets.mintFees(7 ether);
        uint256[] memory ids = new uint256[](1);
        ids[0] = 1;
        check(fees.divideAndClaim(13, ids) == 1 ether, "its time");
        check(fees.divideAndClaim(99, ids) == 1 ether, "the newcomer's");
    }

    function test_onlyPoolMintsAndOnlyManagerOrSetsChangeStake() external {
        vm.expectRevert(abi.encodeWithSelector(IFeeDistributor.Unauthorized.selector, address(this)));
        fees.onFees(1);
        vm.expectRevert(abi.encodeWithSelector(IFeeDistributor.Unauthorized.selector, address(this)));
        fees.onStakeChanged(1, 1);
    }

    function testFuzz_whatIsGivenNeverExceedsWhatCame(uint96[6] calldata minted, uint64[6] calldata stakes) external {
        uint256 sum = 0;
        for (uint256 i = 0; i < 6; i++) {
            sets.changeStake(1 + (i % 3), int256(bound(stakes[i], 1 gwei, type(uint64).max)));
            sets.mintFees(bound(minted[i], 0, 1e24));
            if (minted[i] % 2 == 0) fees.divide(1 + (i % 3));
        }
        for (uint256 setId = 1; setId <= 3; setId++) {
            fees.divide(setId);
            sum += fees.undivided(setId);
            for (uint256 i = 1; i <= 7; i++) {
                sum += fees.claimable(setId * 10 + i);
            }
        }
        check(sum <= sets.balanceOf(address(fees)), "more than came");
    }

    /// @dev SetChanges and OperatorSets divide in the middle of a lease, a rotation or a conviction.
    function testFuzz_aFeeDivisionCantBlockAChangeWhateverStakesAndFeesAre(
        uint96[6] calldata stakesWei,
        uint96[6] calldata fees_,
        uint8[6] calldata leases
    ) external {
        uint256 divided;
        for (uint256 i = 0; i < 6; i++) {
            _stake(1 + (i % 2), stakesWei[i]);
            // An index can't grow further than this in the life of the contract, and is refused before.
            try sets.mintFees(fees_[i]) {
                divided++;
            } catch {}
            sets.setLease(1, leases[i] & 0x7f, 0);
            sets.setEmptied(2, leases[i] & 0x7f);
            fees.divide(1);
            fees.divide(2);
        }
        check(divided > 0, "fees came");
    }

    /// @dev One wei of stake, then as much as there is room for: the most that can ever accrue to a set.
    function test_aFeeDivisionCantBlockAChangeAtTheEndOfTheNumbers() external {
        sets.changeStake(1, 1);
        // 2¹⁵² / 10²⁷: the index is nearly at its end.
        sets.mintFees(5.7e18);
        fees.divide(1);
        sets.changeStake(2, int256(uint256(type(uint96).max) - 2));
        sets.mintFees(type(uint96).max);
        vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
        sets.changeStake(2, 2);
        fees.divide(1);
        fees.divide(2);
        check(fees.claimable(21) >= uint256(type(uint96).max) / 7 - 2 ether, "all of it was given");
    }

    /// @dev However many fees, stakes and other sets went before: a block's gas is never the limit.
    function test_aFeeDivisionCostsTheSameAfterAThousandPeriods() external {
        sets.changeStake(1, 32 ether);
        sets.changeStake(2, 32 ether);
        for (uint256 i = 0; i < 1_000; i++) {
            sets.mintFees(14 ether);
        }
        uint256 before = gasleft();
        fees.divide(1);
        check(before - gasleft() < 300_000, "seven new accounts at most");
        check(fees.claimable(11) == 1_000 ether, "a thousand periods");
    }

    function _stake(uint256 setId, uint96 stakeWei) private {
        // Half of what is left, so that no stake is refused.
        uint256 room = (uint256(type(uint96).max) - fees.totalProvenStakeWei()) / 2;
        uint256 held = fees.provenStakeWei(setId);
        int256 change =
            stakeWei % 3 == 0 ? -int256(uint256(stakeWei) % (held + 1)) : int256(uint256(stakeWei) % (room + 1));
        sets.changeStake(setId, change);
    }
}
