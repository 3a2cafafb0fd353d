// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FaultCourt} from "../../../contracts/accountability/FaultCourt.sol";
import {IFaultCourt} from "../../../contracts/interfaces/IFaultCourt.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Handler} from "../support/Handler.sol";
import {Walk} from "../support/Walk.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {SimulatedCourtNeighbours, SimulatedSlashings} from "./SimulatedCourtNeighbours.sol";

/// @dev Reports contradictions of operators 1 to 4, some of them twice, and every pair of messages of honest operators 5 to 7
/// that comes up. Keeps its own book of what each must have paid.
contract CourtHandler is Handler {
    struct Pair {
        IFaultCourt.SignedMessage first;
        IFaultCourt.SignedMessage second;
    }

    SimulatedCourtNeighbours public immutable NEIGHBOURS;
    FaultCourt public immutable COURT;

    Pair[] private _evidence;
    mapping(uint256 operatorId => uint256) public convictions;
    mapping(uint256 operatorId => mapping(uint256 setId => mapping(uint64 configuration => bool))) public guilty;
    uint256 private _nonce;

    constructor() {
        NEIGHBOURS = new SimulatedCourtNeighbours();
        Wiring memory w = wiringOf(address(NEIGHBOURS), 1 days);
        w.slashings = address(new SimulatedSlashings(NEIGHBOURS));
        COURT = new FaultCourt(w);
    }

    function equivocate(uint256 seed, uint256 byOldKey) external step {
        IFaultCourt.Message memory a = _commit(seed);
        IFaultCourt.Message memory b = _commit(seed);
        b.valueHash = bytes32(uint256(a.valueHash) + 1);
        b.instanceCounter = uint64((seed >> 64) % 2);
        uint256 operatorId = 1 + (seed % 4);
        _evidence.push(Pair(_signed(1000 + operatorId, a), _signed((byOldKey % 2 == 0 ? 1000 : 2000) + operatorId, b)));
        _report(_evidence.length - 1, operatorId);
        reached["equivocate"]++;
    }

    /// @dev The same evidence again, in the other order too: a fault is paid for once.
    function again(uint256 which, uint256 swapped) external step {
        if (_evidence.length == 0) return;
        Pair storage pair = _evidence[which % _evidence.length];
        uint256 operatorId = NEIGHBOURS.operatorIdOf(_signerOf(pair.first));
        _evidence.push(swapped % 2 == 0 ? Pair(pair.first, pair.second) : Pair(pair.second, pair.first));
        check(!_report(_evidence.length - 1, operatorId), "paid twice");
        reached["again"]++;
    }

    /// @dev Two messages that one honest machine sent, of any instances and rounds.
    function honest(uint256 seed) external step {
        uint256 key = 1005 + (seed % 3);
        IFaultCourt.SignedMessage memory a = _signed(key, _honestMessage(seed));
        IFaultCourt.SignedMessage memory b = _signed(key, _honestMessage(seed >> 96));
        check(!_sends(abi.encodeCall(COURT.convictEquivocation, (a, b, _salt(a, b)))), "honest, equivocation");
        check(!_sends(abi.encodeCall(COURT.convictDeniedCommit, (a, b, _salt(a, b)))), "honest, denied");
        reached["honest"]++;
    }

    function evidenceCount() external view returns (uint256) {
        return _evidence.length;
    }

    function _report(uint256 index, uint256 operatorId) private returns (bool convicted) {
        Pair memory pair = _evidence[index];
        IFaultCourt.Message memory message = pair.first.message;
        bytes32 salt = _salt(pair.first, pair.second);
        convicted = _sends(abi.encodeCall(COURT.convictEquivocation, (pair.first, pair.second, salt)));
        bool first = !guilty[operatorId][message.setId][message.configuration];
        check(convicted == first, "once per operator, set and configuration");
        if (!convicted) return false;
        guilty[operatorId][message.setId][message.configuration] = true;
        convictions[operatorId]++;
    }

    /// @dev Commits to the pair and goes to the next block.
    function _salt(
        IFaultCourt.SignedMessage memory a,
        IFaultCourt.SignedMessage memory b
    ) private returns (bytes32 salt) {
        salt = bytes32(++_nonce);
        bytes32 evidenceHash = keccak256(abi.encode(COURT.messageDigest(a.message), COURT.messageDigest(b.message)));
        COURT.commitReport(keccak256(abi.encode(evidenceHash, address(this), salt)));
        vm.roll(block.number + 1);
    }

    function _sends(bytes memory call) private returns (bool success) {
        (success, ) = address(COURT).call(call);
    }

    function _commit(uint256 seed) private pure returns (IFaultCourt.Message memory message) {
        message.kind = IFaultCourt.MessageKind((seed >> 8) % 2 == 0 ? 2 : 3);
        message.setId = 1 + ((seed >> 16) % 2);
        message.configuration = uint64((seed >> 24) % 3);
        message.slot = uint64((seed >> 32) % 8);
        message.dutyType = 1;
        message.round = uint32(1 + ((seed >> 40) % 4));
        message.valueHash = bytes32((seed >> 48) % 8);
    }

    /// @dev One value per instance and round; leaving for a round it reports that it prepared in the one before.
    function _honestMessage(uint256 seed) private pure returns (IFaultCourt.Message memory message) {
        message = _commit(seed);
        message.slot %= 2;
        if ((seed >> 56) % 3 == 0 && message.round > 1) {
            message.kind = IFaultCourt.MessageKind.RoundChange;
            message.preparedRound = message.round - 1;
            message.preparedValueHash = _valueOf(message, message.preparedRound);
            message.valueHash = 0;
        } else {
            message.valueHash = _valueOf(message, message.round);
        }
    }

    function _valueOf(IFaultCourt.Message memory message, uint32 round) private pure returns (bytes32) {
        return keccak256(abi.encode(message.setId, message.configuration, message.slot, round));
    }

    function _signed(
        uint256 key,
        IFaultCourt.Message memory message
    ) private view returns (IFaultCourt.SignedMessage memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, COURT.messageDigest(message));
        return IFaultCourt.SignedMessage(message, abi.encodePacked(r, s, v));
    }

    function _signerOf(IFaultCourt.SignedMessage memory signed) private view returns (address) {
        bytes memory signature = signed.signature;
        bytes32 r;
        bytes32 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        return ecrecover(COURT.messageDigest(signed.message), uint8(signature[64]), r, s);
    }
}

contract FaultCourtInvariants is Walk {
    CourtHandler private immutable handler;
    SimulatedCourtNeighbours private immutable neighbours;

    /// @dev Not in setUp: what creates so much code must not be part of this contract's own.
    constructor() {
        handler = new CourtHandler();
        neighbours = handler.NEIGHBOURS();
        targetContract(address(handler));
        _moves = [CourtHandler.equivocate.selector, CourtHandler.again.selector, CourtHandler.honest.selector];
        _paths = ["equivocate", "again", "honest"];
        _play(handler, 60);
    }

    /// @dev I18. The third conviction finds 2,000 shares only.
    function invariant_I18_eachFaultIsChargedOnceAndNeverMoreThanTheBond() public view {
        for (uint256 operatorId = 1; operatorId <= 4; operatorId++) {
            uint256 owed = handler.convictions(operatorId) * neighbours.REQUIREMENT();
            uint256 expected = owed < neighbours.BOND() ? owed : neighbours.BOND();
            check(neighbours.taken(operatorId) == expected, "charged");
        }
    }

    function invariant_honestOperatorsPayNothing() public view {
        for (uint256 operatorId = 5; operatorId <= 7; operatorId++) {
            check(neighbours.taken(operatorId) == 0, "honest");
        }
    }

    /// @dev 5 % of 5,000 shares is 250, more than the maximum of 200.
    function invariant_reportersGetAtMostTheMaximumPerConviction() public view {
        uint256 convictions;
        for (uint256 operatorId = 1; operatorId <= 4; operatorId++) {
            convictions += handler.convictions(operatorId);
        }
        check(neighbours.rewarded() <= convictions * 200, "rewarded");
    }

    function _requireInvariants() internal view override {
        invariant_I18_eachFaultIsChargedOnceAndNeverMoreThanTheBond();
        invariant_honestOperatorsPayNothing();
        invariant_reportersGetAtMostTheMaximumPerConviction();
    }
}
