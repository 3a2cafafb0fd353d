// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBalanceReport} from "../../../contracts/interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IPoolBooks, Stop} from "../../../contracts/interfaces/IPoolBooks.sol";
import {SSZ} from "../../../contracts/libraries/SSZ.sol";
import {ReportWorld} from "./world/ReportWorld.sol";

/// @dev One test for each attack on the sum of a report. Pool, manager, exits and report are the real ones.
contract ReportAttacks is ReportWorld {
    bytes private _signature = new bytes(96);
    uint256 private _keyCount;

    constructor() payable {}

    function setUp() external {
        vm.deal(address(this), 1_000 ether);
        POOL.deposit{value: 500 ether}(500 ether, address(this));
    }

    function test_sameSlotNeighbourOfATopUp_doesNotCreditIt() external {
        bytes memory pubkey = _provenKey();
        _topUp(pubkey, 64 ether);
        _stranger(pubkey, 3 ether);
        _stranger(pubkey, 2 ether);
        CHAIN.nextBlock(0, 0, 0);
        // Of the three in the queue the strangers' two are taken.
        CHAIN.nextBlock(0, 1, 1);
        CHAIN.nextBlock(0, 1, 1);
        CHAIN.nextBlock(0, 0, 0);
        check(_balanceWei(pubkey) == 6 ether, "the strangers' came first");
        check(_report() == 501 ether + 5 ether, "the top-up is still in flight, once");
        check(MANAGER.inFlightWei() == 64 ether, "in flight");
        _arrive();
        check(_nextReport() == 501 ether + 5 ether, "and arrived, once");
        check(MANAGER.inFlightWei() == 0, "credited");
    }

    function test_slotZeroRunBeforeOurs_doesNotCreditIt() external {
        bytes memory pubkey = _provenKey();
        bytes32 credentials = MANAGER.withdrawalCredentials();
        for (uint256 i = 0; i < 5; i++) CHAIN.queueWithoutSlot(SSZ.pubkeyRoot(pubkey), credentials, 2e9);
        _topUp(pubkey, 64 ether);
        CHAIN.nextBlock(0, 0, 0);
        // The queue fills a gap with its last entry, so ours is the first after one step.
        for (uint256 i = 0; i < 5; i++) CHAIN.nextBlock(0, 1, i == 0 ? 0 : 1);
        CHAIN.nextBlock(0, 0, 0);
        check(_balanceWei(pubkey) == 11 ether, "others came first");
        check(_report() == 501 ether + 10 ether, "the top-up is still in flight, once");
        check(MANAGER.inFlightWei() == 64 ether, "in flight");
    }

    /// @dev A stranger's deposit as large as ours makes it count as arrived: for less than there is, never for more.
    function test_strangersDepositAsLargeAsTheTopUp_isOnlyAGift() external {
        bytes memory pubkey = _provenKey();
        _stranger(pubkey, 64 ether);
        _topUp(pubkey, 64 ether);
        CHAIN.nextBlock(0, 0, 0);
        CHAIN.nextBlock(0, 1, 0);
        CHAIN.nextBlock(0, 0, 0);
        check(_report() == 501 ether, "the gift stands for the top-up");
        _arrive();
        check(_nextReport() == 565 ether, "which comes on top");
        check(MANAGER.inFlightWei() == 0, "credited once");
    }

    function test_exitWithATopUpInFlight_countsWhileItIsInTheQueue() external {
        bytes memory pubkey = _leavingKeyWithTopUp();
        check(_report() == 501 ether, "not withdrawable: in flight");
        _untilWithdrawable();
        _waitForStart();
        REPORT.start();
        MANAGER.provePendingTopUp(SSZ.pubkeyRoot(pubkey), _anchor(), CHAIN.pendingProof(_parent(), 0));
        check(_finish() == 501 ether, "shown in the queue: in flight");
        check(MANAGER.inFlightWei() == 64 ether, "in flight");
    }

    function test_exitWithATopUpInFlight_isGivenUpWithoutAProof() external {
        _leavingKeyWithTopUp();
        _untilWithdrawable();
        _waitForStart();
        check(_reportAfterGrace() == 437 ether, "nobody showed it: given up");
        check(MANAGER.leavingTopUps() == 0 && POOL.maxDeposit(address(this)) > 0, "deposits are open again");
        _arrive();
        CHAIN.nextBlock(0, 0, 0);
        check(_nextReport() == 501 ether, "what comes later is income");
    }

    /// @dev Whoever starts the report proves the validator before anybody can show that its top-up waits in the queue: 64
    /// ETH would be a loss at once, and cheap shares for the attacker until they come back.
    function test_exitWithATopUpInFlight_cannotBeWrittenOffByWhoStartsTheReport() external {
        bytes memory pubkey = _leavingKeyWithTopUp();
        _untilWithdrawable();
        _waitForStart();
        REPORT.start();
        _proveAll();
        check(REPORT.provenCount() == 0, "not decided yet");
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.ReportIncomplete.selector, 0, 1));
        REPORT.finish();
        _checkDepositsStopped();
        MANAGER.provePendingTopUp(SSZ.pubkeyRoot(pubkey), _anchor(), CHAIN.pendingProof(_parent(), 0));
        check(_finish() == 501 ether, "shown within the grace");
        _checkDepositsStopped();
    }

    /// @dev The race: between queue and vault the ETH of the top-up is counted twice by a report that sees the vault and no
    /// end of the top-up. Nobody buys from the exit until a report has settled it.
    function test_exitWithATopUpInFlight_closesDepositsUntilAReportHasSettledIt() external {
        check(POOL.maxDeposit(address(this)) > 0, "open before");
        _leavingKeyWithTopUp();
        check(MANAGER.leavingTopUps() == 1, "counted");
        _checkDepositsStopped();
        check(_report() == 501 ether, "in flight");
        _checkDepositsStopped();
        _untilWithdrawable();
        _checkDepositsStopped();
        _arrive();
        CHAIN.nextBlock(0, 0, 0);
        check(address(VAULT).balance == 65 ether, "the sweep took it to the vault");
        _checkDepositsStopped();
        _waitForStart();
        REPORT.start();
        check(POOL.liquidWei() == 501 ether && MANAGER.inFlightWei() == 64 ether, "counted twice at this moment");
        _checkDepositsStopped();
        check(_finishAfterGrace() == 501 ether, "and once after the report");
        check(MANAGER.leavingTopUps() == 0 && POOL.maxDeposit(address(this)) > 0, "open after");
    }

    /// @dev Slashed, then seen exiting: still one top-up, settled once.
    function test_exitWithATopUpInFlight_ofASlashedKeyIsCountedOnce() external {
        bytes memory pubkey = _provenKey();
        bytes32 id = SSZ.pubkeyRoot(pubkey);
        _topUp(pubkey, 64 ether);
        CHAIN.exit(0);
        CHAIN.nextBlock(0, 0, 0);
        MANAGER.recordExit(id, _anchor(), CHAIN.validatorProof(_parent(), 0));
        CHAIN.slash(0);
        CHAIN.nextBlock(0, 0, 0);
        SLASHINGS.recordSlashed(id, _anchor(), CHAIN.validatorProof(_parent(), 0));
        MANAGER.recordExit(id, _anchor(), CHAIN.validatorProof(_parent(), 0));
        check(MANAGER.leavingTopUps() == 1, "once");
        _untilWithdrawable();
        _arrive();
        CHAIN.nextBlock(0, 0, 0);
        SLASHINGS.settle(id);
        _waitForStart();
        REPORT.start();
        _finishAfterGrace();
        check(MANAGER.leavingTopUps() == 0 && !POOL.stops().topUpLeaving, "settled, never stuck");
        MANAGER.recordWithdrawn(id, _anchor(), CHAIN.validatorProof(_parent(), 0), CHAIN.balanceProof(0));
    }

    function test_exitWithATopUpInFlight_twoKeysKeepDepositsClosedUntilTheSecond() external {
        bytes memory first = _provenKey();
        bytes memory second = _provenKey();
        _topUp(first, 64 ether);
        _topUp(second, 64 ether);
        CHAIN.exit(0);
        CHAIN.exit(1);
        CHAIN.nextBlock(0, 0, 0);
        MANAGER.recordExit(SSZ.pubkeyRoot(first), _anchor(), CHAIN.validatorProof(_parent(), 0));
        MANAGER.recordExit(SSZ.pubkeyRoot(second), _anchor(), CHAIN.validatorProof(_parent(), 1));
        check(MANAGER.leavingTopUps() == 2, "both");
        _untilWithdrawable();
        CHAIN.nextBlock(0, 1, 0);
        CHAIN.nextBlock(0, 0, 0);
        bytes32 waiting = CHAIN.queueIn(_parent())[0].pubkeyRoot;
        _waitForStart();
        REPORT.start();
        MANAGER.provePendingTopUp(waiting, _anchor(), CHAIN.pendingProof(_parent(), 0));
        check(_finishAfterGrace() == 501 ether, "one in the vault, one in the queue");
        check(MANAGER.leavingTopUps() == 1, "one left");
        _checkDepositsStopped();
        _arrive();
        CHAIN.nextBlock(0, 0, 0);
        _waitForStart();
        check(_reportAfterGrace() == 501 ether, "both in the vault");
        check(POOL.maxDeposit(address(this)) > 0, "open");
    }

    function test_freshIndexAgainstAnOlderReport_countsInTheNextOne() external {
        _provenKey();
        bytes memory fresh = _predepositedKey();
        REPORT.start();
        _prove(fresh);
        check(REPORT.validatorCount() == 1, "one in the cut");
        check(_finish() == 501 ether, "the new one is in flight there");
        check(_nextReport() == 501 ether, "and counted here");
        check(REPORT.validatorCount() == 2 && MANAGER.inFlightWei() == 0, "two now");
    }

    /// @dev What a timestamp could not tell apart.
    function test_freshIndexInTheBlockOfTheStart_countsByTheOrderInTheBlock() external {
        bytes memory first = _predepositedKey();
        bytes memory second = _predepositedKey();
        _prove(first);
        REPORT.start();
        _prove(second);
        check(REPORT.validatorCount() == 1, "the first");
        check(_finish() == 501 ether, "all of it");
        check(_nextReport() == 501 ether && REPORT.validatorCount() == 2, "both");
    }

    function test_topUpInTheBlockOfTheStart_countsOnceBeforeAndAfterIt() external {
        bytes memory first = _provenKey();
        bytes memory second = _provenKey();
        _topUp(first, 64 ether);
        REPORT.start();
        _topUp(second, 64 ether);
        check(_finish() == 501 ether, "one in flight, one in the pool");
        check(_nextReport() == 501 ether, "both in flight");
        _arrive();
        check(_nextReport() == 501 ether && MANAGER.inFlightWei() == 0, "both credited");
    }

    function test_reportRestarts_doNotCreditATopUpTwice() external {
        bytes memory pubkey = _provenKey();
        _topUp(pubkey, 64 ether);
        _arrive();
        REPORT.start();
        _proveAll();
        check(MANAGER.inFlightWei() == 0, "credited");
        _waitForStart();
        REPORT.start();
        check(_finish() == 501 ether, "once");
        check(_nextReport() == 501 ether, "for ever");
    }

    function test_withdrawnWhileTheReportIsOpen_stillCountsInIt() external {
        bytes memory pubkey = _provenKey();
        CHAIN.exit(0);
        CHAIN.nextBlock(0, 0, 0);
        MANAGER.recordExit(SSZ.pubkeyRoot(pubkey), _anchor(), CHAIN.validatorProof(_parent(), 0));
        REPORT.start();
        uint64 cut = _parent();
        while (_balanceWei(pubkey) > 0) CHAIN.nextBlock(3, 0, 0);
        CHAIN.nextBlock(0, 0, 0);
        bytes32 id = SSZ.pubkeyRoot(pubkey);
        MANAGER.recordWithdrawn(id, _anchor(), CHAIN.validatorProof(_parent(), 0), CHAIN.balanceProof(0));
        REPORT.prove(CHAIN.headerOf(cut), CHAIN.balancesProof(0, 1));
        REPORT.finish();
        check(POOL.bookedWei() == 501 ether, "1 ETH at the validator then");
        MANAGER.forget(id);
        check(_nextReport() == 501 ether && REPORT.validatorCount() == 0, "in the vault now");
    }

    /// @dev Withdrawals of block N − 1 lie in the vault when `start` runs in N, and that state has paid them; those of N
    /// come after it.
    function test_withdrawalInTheBlockOfTheStart_countsOnce() external {
        _provenKey();
        CHAIN.exit(0);
        while (CHAIN.epoch() < CHAIN.accountAt(0).withdrawableEpoch) CHAIN.nextBlock(0, 0, 0);
        check(CHAIN.accountIn(_parent(), 0).balanceGwei == 1e9, "paid at the end of this block");
        check(_report() == 501 ether, "still at the validator");
        CHAIN.nextBlock(0, 0, 0);
        check(address(VAULT).balance == 1 ether, "paid");
        check(_nextReport() == 501 ether, "in the vault");
    }

    // Helpers

    function _predepositedKey() private returns (bytes memory pubkey) {
        pubkey = abi.encodePacked(keccak256(abi.encode(_keyCount++)), bytes16(0));
        MANAGER.insertVerifiedKey(SET, pubkey, _signature);
        MANAGER.predeposit(pubkey, _signature);
        _arrive();
    }

    function _provenKey() private returns (bytes memory pubkey) {
        pubkey = _predepositedKey();
        _prove(pubkey);
    }

    function _leavingKeyWithTopUp() private returns (bytes memory pubkey) {
        pubkey = _provenKey();
        _topUp(pubkey, 64 ether);
        CHAIN.exit(0);
        CHAIN.nextBlock(0, 0, 0);
        MANAGER.recordExit(SSZ.pubkeyRoot(pubkey), _anchor(), CHAIN.validatorProof(_parent(), 0));
    }

    function _untilWithdrawable() private {
        while (CHAIN.epoch() <= CHAIN.accountAt(0).withdrawableEpoch) CHAIN.nextBlock(3, 0, 0);
    }

    function _checkDepositsStopped() private {
        check(POOL.maxDeposit(address(this)) == 0 && POOL.maxMint(address(this)) == 0, "nothing may come in");
        vm.expectRevert(abi.encodeWithSelector(IPoolBooks.Stopped.selector, Stop.TopUpLeaving));
        POOL.deposit{value: 1 ether}(1 ether, address(this));
    }

    function _reportAfterGrace() private returns (uint256) {
        REPORT.start();
        return _finishAfterGrace();
    }

    /// @dev Proves the state of the cut again when there was an eighth of a day to show what waits.
    function _finishAfterGrace() private returns (uint256) {
        uint64 cut = _parent();
        CHAIN.nextBlock(uint64(DAY / 8 / 12), 0, 0);
        REPORT.prove(CHAIN.headerOf(cut), CHAIN.balancesProof(0, 1));
        REPORT.finish();
        return POOL.bookedWei();
    }

    function _prove(bytes memory pubkey) private {
        bytes32 id = SSZ.pubkeyRoot(pubkey);
        MANAGER.proveCredentials(id, _anchor(), CHAIN.validatorProof(_parent(), CHAIN.indexOf(id)));
    }

    function _topUp(bytes memory pubkey, uint256 amountWei) private {
        uint256 index = CHAIN.indexOf(SSZ.pubkeyRoot(pubkey));
        IBeaconVerifier.ValidatorProof memory proof = CHAIN.validatorProof(_parent(), index);
        MANAGER.topUp(pubkey, amountWei, _anchor(), proof, CHAIN.balanceProof(index));
    }

    function _stranger(bytes memory pubkey, uint256 amountWei) private {
        bytes memory credentials = abi.encodePacked(MANAGER.withdrawalCredentials());
        CHAIN.deposit{value: amountWei}(pubkey, credentials, _signature, 0);
    }

    /// @dev All deposits on their way are credited.
    function _arrive() private {
        CHAIN.nextBlock(0, 0, 0);
        CHAIN.nextBlock(0, CHAIN.queueLength() + 4, 0);
    }

    function _waitForStart() private {
        uint256 startable = REPORT.startableAt();
        uint256 missing = startable > block.timestamp ? startable - block.timestamp : 0;
        CHAIN.nextBlock(uint64(missing / 12), 0, 0);
    }

    function _nextReport() private returns (uint256) {
        _waitForStart();
        return _report();
    }

    /// @return bookedWei After a whole report.
    function _report() private returns (uint256) {
        REPORT.start();
        return _finish();
    }

    function _finish() private returns (uint256) {
        _proveAll();
        REPORT.finish();
        return POOL.bookedWei();
    }

    function _proveAll() private {
        uint256 count = CHAIN.accountCountIn(_parent());
        if (count > 0) REPORT.prove(CHAIN.headerOf(_parent()), CHAIN.balancesProof(0, (count + 3) / 4));
    }

    function _balanceWei(bytes memory pubkey) private view returns (uint256) {
        return uint256(CHAIN.accountAt(CHAIN.indexOf(SSZ.pubkeyRoot(pubkey))).balanceGwei) * 1 gwei;
    }
}
