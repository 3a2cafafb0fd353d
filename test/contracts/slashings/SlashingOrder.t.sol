// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slashings} from "../../../contracts/accounting/Slashings.sol";
import {ISlashings} from "../../../contracts/interfaces/ISlashings.sol";
import {Gwei} from "../../../contracts/libraries/Units.sol";
import {Test} from "../support/Test.sol";
import {SimulatedSeptet} from "./SimulatedSeptet.sol";

/// @dev I12 for slashed keys: what a report takes off is settled by what was recorded before its start. Two worlds have the
/// same past; in the second one the report's proofs come in another order, with everything in between that may come.
contract SlashingOrderTest is Test {
    uint64 private constant NOW = 300_000;
    uint64 private constant WITHDRAWABLE = NOW + 8_192;

    SimulatedSeptet private quiet;
    SimulatedSeptet private busy;
    uint256 private _keyCount;
    uint256[] private _order;
    mapping(uint256 key => uint64) private _balanceGwei;

    function setUp() external {
        vm.warp(uint256(NOW) * 384);
        quiet = new SimulatedSeptet();
        busy = new SimulatedSeptet();
    }

    function testFuzz_noOrderAndNothingInBetweenChangesAReport(uint256 seed) external {
        _past(seed);
        quiet.open();
        busy.open();
        int256[] memory expected = new int256[](_keyCount);
        int256 sum = 0;
        for (uint256 i = 0; i < _keyCount; i++) {
            expected[i] = quiet.valueInReport(_id(i), _balanceGwei[i]);
            sum += expected[i];
        }
        for (uint256 left = _keyCount; left > 0; left--) {
            uint256 which = _draw(seed, left) % left;
            (uint256 key, int256 reduction) = _takeOut(expected, which, left);
            _disturb(_draw(seed, 100 + left));
            check(busy.valueInReport(_id(key), _balanceGwei[key]) == reduction, "another reduction");
            sum -= reduction;
        }
        check(sum == 0, "another sum");
    }

    /// @dev Bonds grew by less than one of the two wants: the later proof would have found nothing left.
    function test_twoSlashedKeysInEitherOrderAreEachWorthTheSame() external {
        for (uint256 i = 1; i <= 7; i++) {
            quiet.setBond(i, 0.4 ether);
            busy.setBond(i, 0.4 ether);
        }
        for (uint256 i = 0; i < 2; i++) _record(i, uint64(2_048e9 - i * 1_000e9));
        vm.warp(block.timestamp + 1 days);
        for (uint256 i = 1; i <= 7; i++) {
            quiet.addBond(i, 0.05 ether);
            busy.addBond(i, 0.05 ether);
        }
        _balanceGwei[0] -= 1e9;
        _balanceGwei[1] -= 2e9;
        quiet.open();
        busy.open();
        int256 first = quiet.valueInReport(_id(0), _balanceGwei[0]);
        int256 second = quiet.valueInReport(_id(1), _balanceGwei[1]);
        check(busy.valueInReport(_id(1), _balanceGwei[1]) == second, "the second, proven first");
        check(busy.valueInReport(_id(0), _balanceGwei[0]) == first, "the first, proven after it");
        ISlashings.Slashing memory later = busy.slashings().slashing(_id(0));
        uint256 wantedWei = uint256(Gwei.unwrap(later.lossGwei) + Gwei.unwrap(later.remainingGwei)) * 1 gwei;
        check(later.reservedWei < wantedWei, "the bonds were too small");
    }

    function test_aSlashedProofWhileAReportIsOpenChangesNothingOfIt_andCountsInTheNext() external {
        _record(0, 2_048e9);
        quiet.open();
        busy.open();
        // 1 % of all stake.
        busy.record("late", 350_000e9, WITHDRAWABLE);
        check(busy.valueInReport("late", 349_000e9) == 0, "not in this one");
        int256 alone = quiet.valueInReport(_id(0), _balanceGwei[0]);
        check(busy.valueInReport(_id(0), _balanceGwei[0]) == alone, "nor in the estimate of others");
        busy.open();
        check(busy.valueInReport("late", 349_000e9) > 100 ether, "6 % of the largest balance in the next");
        check(busy.valueInReport(_id(0), _balanceGwei[0]) > alone + 100 ether, "of others too");
    }

    function test_theReserveIsRaisedBeforeTheNextReportByAnyone_soThatItDoesNotDip() external {
        for (uint256 i = 8; i < 20; i++) {
            busy.join(i);
            busy.addBond(i, 3 ether);
        }
        _record(0, 2_048e9);
        Slashings slashings = busy.slashings();
        uint256 before = slashings.slashing(_id(0)).reservedWei;
        // Together 0.02 % of all stake: 3 × 2 × 0.02 %, rounded up to 0.13 %, in place of 0.1 %.
        busy.record("other", 5_000e9, WITHDRAWABLE);
        slashings.raiseReserve(_id(0));
        uint256 raised = slashings.slashing(_id(0)).reservedWei;
        check(raised > before + 0.6 ether, "more is expected, more is reserved");
        busy.open();
        int256 reduction = busy.valueInReport(_id(0), _balanceGwei[0]);
        ISlashings.Slashing memory now_ = slashings.slashing(_id(0));
        uint256 remainingWei = uint256(Gwei.unwrap(now_.remainingGwei)) * 1 gwei;
        uint256 lossWei = uint256(Gwei.unwrap(now_.lossGwei)) * 1 gwei + remainingWei;
        check(raised + 1 gwei >= lossWei, "all that is expected is reserved");
        check(reduction <= int256(remainingWei) - int256(lossWei) + 1 gwei, "and all of it answered");
        vm.expectRevert(abi.encodeWithSelector(ISlashings.ReportOpen.selector, busy.number()));
        slashings.raiseReserve(_id(0));
        vm.expectRevert(abi.encodeWithSelector(ISlashings.NotRecorded.selector, bytes32("nobody")));
        slashings.raiseReserve("nobody");
    }

    /// @dev The same in both worlds: bonds, slashed keys, some reports over them.
    function _past(uint256 seed) private {
        for (uint256 i = 1; i <= 7; i++) {
            uint256 shares = bound(_draw(seed, 1_000 + i), 0, 3 ether);
            quiet.setBond(i, shares);
            busy.setBond(i, shares);
        }
        _keyCount = 2 + (_draw(seed, 2_000) % 6);
        for (uint256 i = 0; i < _keyCount; i++) {
            _record(i, uint64(bound(_draw(seed, 3_000 + i), 32e9, 2_048e9)));
        }
        for (uint256 reports = _draw(seed, 4_000) % 3; reports > 0; reports--) {
            _fall(seed, reports);
            quiet.open();
            busy.open();
            for (uint256 i = 0; i < _keyCount; i++) {
                quiet.valueInReport(_id(i), _balanceGwei[i]);
                busy.valueInReport(_id(i), _balanceGwei[i]);
            }
            quiet.finish(0);
            busy.finish(0);
        }
        _fall(seed, 5_000);
    }

    function _fall(uint256 seed, uint256 salt) private {
        vm.warp(block.timestamp + bound(_draw(seed, 5_000 + salt), 1, 9 days));
        for (uint256 i = 0; i < _keyCount; i++) {
            _balanceGwei[i] -= uint64(bound(_draw(seed, 6_000 + salt * 10 + i), 0, _balanceGwei[i] / 50));
        }
    }

    /// @dev What others may do between two proofs, in the second world only.
    function _disturb(uint256 seed) private {
        uint256 kind = seed % 6;
        if (kind == 0) busy.record(bytes32(seed | (1 << 255)), uint64(bound(seed >> 8, 32e9, 350_000e9)), WITHDRAWABLE);
        if (kind == 1) busy.addBond(bound(seed >> 8, 1, 7), bound(seed >> 16, 0, 9 ether));
        if (kind == 2) busy.setBond(bound(seed >> 8, 1, 7), bound(seed >> 16, 0, 3 ether));
        if (kind == 3) busy.convict(bound(seed >> 8, 1, 7));
        if (kind == 4) busy.join(8 + ((seed >> 8) % 9));
    }

    function _record(uint256 key, uint64 effectiveGwei) private {
        quiet.record(_id(key), effectiveGwei, WITHDRAWABLE);
        busy.record(_id(key), effectiveGwei, WITHDRAWABLE);
        _balanceGwei[key] = effectiveGwei - effectiveGwei / 4_096;
    }

    /// @dev Draws one of the `left` keys that are not proven yet.
    function _takeOut(
        int256[] memory expected,
        uint256 which,
        uint256 left
    ) private returns (uint256 key, int256 reduction) {
        if (_order.length == 0) for (uint256 i = 0; i < _keyCount; i++) _order.push(i);
        key = _order[which];
        reduction = expected[key];
        _order[which] = _order[left - 1];
    }

    function _id(uint256 key) private pure returns (bytes32) {
        return bytes32(key + 1);
    }

    function _draw(uint256 seed, uint256 salt) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, salt)));
    }
}
