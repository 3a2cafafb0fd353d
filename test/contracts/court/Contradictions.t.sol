// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Contradictions} from "../../../contracts/accountability/Contradictions.sol";
import {IFaultCourt} from "../../../contracts/interfaces/IFaultCourt.sol";
import {Test} from "../support/Test.sol";

/// @dev Small numbers, so that equal ones are common.
contract ContradictionsTest is Test {
    /// @dev Consensus-specs is_slashable_attestation_data, both ways.
    function testFuzz_conflictIsWhatTheBeaconChainSlashes(uint256 seed) external view {
        IFaultCourt.AttestationValue memory a = _value(seed);
        IFaultCourt.AttestationValue memory b = _value(seed >> 128);
        bool same = keccak256(abi.encode(_data(a))) == keccak256(abi.encode(_data(b)));
        bool double = !same && a.targetEpoch == b.targetEpoch;
        bool around = a.sourceEpoch < b.sourceEpoch && b.targetEpoch < a.targetEpoch;
        bool within = b.sourceEpoch < a.sourceEpoch && a.targetEpoch < b.targetEpoch;
        check(this.conflict(a, b) == (double || around || within), "slashable");
        check(this.conflict(b, a) == this.conflict(a, b), "whatever the order");
        check(!this.conflict(a, a), "nothing conflicts with itself");
    }

    function testFuzz_aSeatEquivocatesByOneVoteTooManyInARound(uint256 seed) external view {
        IFaultCourt.Message memory a = _message(seed);
        IFaultCourt.Message memory b = _message(seed >> 128);
        bool votes = uint8(a.kind) == 2 || uint8(a.kind) == 3;
        bool place =
            a.setId == b.setId && a.configuration == b.configuration && a.slot == b.slot && a.dutyType == b.dutyType;
        bool expected = votes && a.kind == b.kind && place && a.round == b.round && a.valueHash != b.valueHash;
        check(this.areEquivocation(a, b) == expected, "equivocation");
        check(!this.areEquivocation(a, a), "one message is no two");
        if (place) check(!this.areCommitsOfTwoInstances(a, b), "one instance");
    }

    /// @dev A node that goes through rounds as QBFT has it: it may commit in each, and reports the highest it prepared.
    function testFuzz_anHonestNodeDeniesNothing(uint256 seed) external view {
        uint32 prepared;
        bytes32 value;
        IFaultCourt.Message memory committed = _message(0);
        committed.kind = IFaultCourt.MessageKind.Commit;
        uint256 commits;
        for (uint32 round = 1; round <= 6; round++) {
            if (round > 1) {
                IFaultCourt.Message memory left = _message(0);
                left.kind = IFaultCourt.MessageKind.RoundChange;
                left.round = round;
                left.preparedRound = prepared;
                left.preparedValueHash = value;
                if (commits > 0) check(!this.areDeniedCommit(committed, left), "an honest report");
            }
            uint256 luck = (seed >> (8 * round)) % 4;
            if (luck == 0) continue;
            prepared = round;
            value = bytes32(uint256(luck));
            if (luck == 1) continue;
            committed.round = round;
            committed.valueHash = value;
            commits++;
        }
    }

    function testFuzz_whoHidesItsCommitDeniesIt(uint32 round, uint32 later, uint32 reported, bool other) external view {
        round = uint32(bound(round, 1, 1000));
        later = uint32(bound(later, uint256(round) + 1, 2000));
        reported = uint32(bound(reported, 0, later - 1));
        IFaultCourt.Message memory committed = _message(0);
        committed.kind = IFaultCourt.MessageKind.Commit;
        committed.round = round;
        committed.valueHash = bytes32(uint256(1));
        IFaultCourt.Message memory left = _message(0);
        left.kind = IFaultCourt.MessageKind.RoundChange;
        left.round = later;
        left.preparedRound = reported;
        left.preparedValueHash = bytes32(uint256(other ? 2 : 1));
        bool expected = reported < round || (reported == round && other);
        check(this.areDeniedCommit(committed, left) == expected, "denied");
        left.round = round;
        check(!this.areDeniedCommit(committed, left), "not a later round");
    }

    function conflict(
        IFaultCourt.AttestationValue calldata a,
        IFaultCourt.AttestationValue calldata b
    ) external pure returns (bool) {
        return Contradictions.conflict(a, b);
    }

    function areEquivocation(
        IFaultCourt.Message calldata a,
        IFaultCourt.Message calldata b
    ) external pure returns (bool) {
        return Contradictions.areEquivocation(a, b);
    }

    function areDeniedCommit(
        IFaultCourt.Message calldata a,
        IFaultCourt.Message calldata b
    ) external pure returns (bool) {
        return Contradictions.areDeniedCommit(a, b);
    }

    function areCommitsOfTwoInstances(
        IFaultCourt.Message calldata a,
        IFaultCourt.Message calldata b
    ) external pure returns (bool) {
        return Contradictions.areCommitsOfTwoInstances(a, b);
    }

    function _value(uint256 seed) private pure returns (IFaultCourt.AttestationValue memory value) {
        value.slot = 100 + uint64((seed >> 0) % 2);
        value.beaconBlockRoot = bytes32((seed >> 8) % 2);
        value.sourceEpoch = uint64((seed >> 16) % 5);
        value.sourceRoot = bytes32((seed >> 24) % 2);
        value.targetEpoch = value.sourceEpoch + 1 + uint64((seed >> 32) % 5);
        value.targetRoot = bytes32((seed >> 40) % 2);
        value.dependentRoot = bytes32((seed >> 48) % 2);
    }

    /// @dev AttestationData: all but the dependent root.
    function _data(IFaultCourt.AttestationValue memory value) private pure returns (bytes32) {
        IFaultCourt.AttestationValue memory data = abi.decode(abi.encode(value), (IFaultCourt.AttestationValue));
        data.dependentRoot = 0;
        return keccak256(abi.encode(data));
    }

    function _message(uint256 seed) private pure returns (IFaultCourt.Message memory message) {
        message.kind = IFaultCourt.MessageKind(1 + ((seed >> 0) % 4));
        message.setId = (seed >> 8) % 2;
        message.configuration = uint64((seed >> 16) % 2);
        message.slot = uint64((seed >> 24) % 2);
        message.dutyType = uint8(1 + ((seed >> 32) % 2));
        message.round = uint32(1 + ((seed >> 40) % 2));
        message.valueHash = bytes32((seed >> 48) % 3);
        message.instanceCounter = uint64((seed >> 56) % 2);
    }
}
