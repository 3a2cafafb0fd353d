// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {SSZ} from "../../../contracts/libraries/SSZ.sol";
import {Gwei} from "../../../contracts/libraries/Units.sol";
import {ReportWorld} from "./world/ReportWorld.sol";

/// @dev I12 across the real contracts: a report's total is that of its cut, whatever is proven first and whatever happens
/// while it is open. Each report is proven twice from the same moment: in order at once, then at random, disturbed.
contract ReportOrder is ReportWorld {
    uint256 private constant KEYS = 14;

    bytes private _signature = new bytes(96);
    bytes[] private _pubkeys;

    constructor() payable {}

    function setUp() external {
        vm.deal(address(this), 5_000 ether);
        POOL.deposit{value: 2_000 ether}(2_000 ether, address(this));
        for (uint256 i = 0; i < KEYS; i++) {
            bytes memory pubkey = abi.encodePacked(keccak256(abi.encode(i)), bytes16(0));
            _pubkeys.push(pubkey);
            MANAGER.insertVerifiedKey(SET, pubkey, _signature);
            MANAGER.predeposit(pubkey, _signature);
            _arrive();
        }
        // The last one is proven while the report is open, at most.
        for (uint256 i = 0; i + 1 < KEYS; i++) MANAGER.proveCredentials(_id(i), _anchor(), _proof(i));
    }

    function testFuzz_aReportIsThatOfItsCut_inAnyOrderAndWhateverIsRecordedMeanwhile(uint256 seed) external {
        _past(seed);
        uint64 cut = _nextStart();
        uint256 snapshot = vm.snapshotState();
        uint256 chunks = (CHAIN.accountCountIn(cut) + 3) / 4;
        uint256 bookedWei = _finish(cut);
        check(vm.revertToState(snapshot), "snapshot");

        uint256 depositedWei = 0;
        for (uint256 step = 0; REPORT.provenCount() < REPORT.validatorCount(); step++) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, step)));
            for (uint256 i = 0; i < 3; i++) depositedWei += _disturb(uint256(keccak256(abi.encode(drawn, i))));
            REPORT.prove(CHAIN.headerOf(cut), CHAIN.balancesProof(drawn % chunks, 1));
        }
        REPORT.finish();
        check(POOL.bookedWei() == bookedWei + depositedWei, "another total");
    }

    function test_aSlashedProofWhileAReportIsOpenChangesNothingOfItsTotal_butStopsFillsAtOnce() external {
        _record(0, true);
        uint64 cut = _nextStart();
        uint256 snapshot = vm.snapshotState();
        uint256 quietWei = _finish(cut);
        check(vm.revertToState(snapshot), "snapshot");

        _record(4, true);
        check(MANAGER.validator(_id(4)).state == IValidatorRecords.ValidatorState.Slashed, "slashed at once");
        check(POOL.stops().frozenUntil > block.timestamp, "fills stop at once");
        check(_finish(cut) == quietWei, "this report is that of its cut");
        check(POOL.stops().frozenUntil > block.timestamp, "and ends no freeze");
        check(Gwei.unwrap(SLASHINGS.slashing(_id(4)).balanceGwei) == 0, "not valued yet");
        check(Gwei.unwrap(SLASHINGS.slashing(_id(0)).balanceGwei) > 0, "the other one is");

        CHAIN.nextBlock(0, 0, 0);
        REPORT.start();
        check(_finish(_parent()) < quietWei, "the next values it");
        check(Gwei.unwrap(SLASHINGS.slashing(_id(4)).balanceGwei) > 0, "valued");
        check(POOL.stops().frozenUntil <= block.timestamp, "and ends the freeze");
    }

    /// @dev Top-ups on their way, exits, slashings; recorded or not yet.
    function _past(uint256 seed) private {
        for (uint256 i = 0; i + 1 < KEYS; i++) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, "past", i)));
            if (drawn & 3 == 0) _topUp(i);
            if ((drawn >> 2) & 3 == 0) CHAIN.exit(i);
            if ((drawn >> 4) & 7 == 0) CHAIN.slash(i);
            CHAIN.nextBlock(uint64((drawn >> 8) % 6), (drawn >> 16) % 2, drawn >> 24);
            if ((drawn >> 7) & 1 == 0) _record(i, false);
        }
    }

    /// @return depositedWei Into the pool.
    function _disturb(uint256 seed) private returns (uint256 depositedWei) {
        uint256 which = (seed >> 8) % KEYS;
        uint256 kind = seed % 7;
        if (kind == 0) CHAIN.nextBlock(uint64((seed >> 16) % 5), (seed >> 24) % 3, seed >> 32);
        if (kind == 1) _record(which, false);
        if (kind == 2 && which + 1 < KEYS) _record(which, true);
        if (kind == 3) CHAIN.exit(which);
        if (kind == 4) _topUp(which);
        if (kind == 5) try MANAGER.proveCredentials(_id(which), _anchor(), _proof(which)) {} catch {}
        if (kind == 6 && POOL.maxDeposit(address(this)) > 1 ether) {
            POOL.deposit{value: 1 ether}(1 ether, address(this));
            depositedWei = 1 ether;
        }
    }

    /// @dev Shows an exit or a slashing of the key, if there is one. @param slashes Make one first.
    function _record(uint256 which, bool slashes) private {
        if (slashes && !CHAIN.accountAt(which).slashed) CHAIN.slash(which);
        CHAIN.nextBlock(0, 0, 0);
        if (CHAIN.accountIn(_parent(), which).exitEpoch == FAR_FUTURE) return;
        try MANAGER.recordExit(_id(which), _anchor(), _proof(which)) {} catch {}
        try SLASHINGS.recordSlashed(_id(which), _anchor(), _proof(which)) {} catch {}
    }

    function _topUp(uint256 which) private {
        try MANAGER.topUp(_pubkeys[which], 32 ether, _anchor(), _proof(which), CHAIN.balanceProof(which)) {} catch {}
    }

    function _arrive() private {
        CHAIN.nextBlock(0, 0, 0);
        CHAIN.nextBlock(0, 4, 0);
        CHAIN.nextBlock(0, 0, 0);
    }

    /// @dev Starts a report and waits until nobody has to be shown in the queue any more.
    function _nextStart() private returns (uint64 cut) {
        uint256 startable = REPORT.startableAt();
        CHAIN.nextBlock(startable > block.timestamp ? uint64((startable - block.timestamp) / 12) : 0, 0, 0);
        REPORT.start();
        cut = _parent();
        CHAIN.nextBlock(uint64(DAY / 8 / 12), 0, 0);
    }

    /// @return bookedWei After the report of that cut.
    function _finish(uint64 cut) private returns (uint256) {
        REPORT.prove(CHAIN.headerOf(cut), CHAIN.balancesProof(0, (CHAIN.accountCountIn(cut) + 3) / 4));
        REPORT.finish();
        return POOL.bookedWei();
    }

    function _proof(uint256 which) private view returns (IBeaconVerifier.ValidatorProof memory) {
        return CHAIN.validatorProof(_parent(), which);
    }

    function _id(uint256 which) private view returns (bytes32) {
        return SSZ.pubkeyRoot(_pubkeys[which]);
    }
}
