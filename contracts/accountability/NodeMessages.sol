// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IFaultCourt} from "../interfaces/IFaultCourt.sol";

/// @title What node keys sign in consensus
/// @dev The counterpart of services/node/consensus/messageHash.ts and value.ts.
library NodeMessages {
    bytes32 private constant MESSAGE_TYPEHASH = keccak256(
        "QbftMessage(uint8 kind,uint256 setId,uint64 configuration,uint64 slot,uint8 dutyType,uint32 round,"
        "bytes32 valueHash,bytes32 validatorsRoot,uint64 instanceCounter,uint32 preparedRound,"
        "bytes32 preparedValueHash,bytes32 refusedRoot)"
    );
    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant NAME_HASH = keccak256("Septet");
    bytes32 private constant VERSION_HASH = keccak256("1");
    uint8 private constant ATTESTATION = 1;
    uint8 private constant PROPOSAL = 2;

    /// @param sets Address of OperatorSets, to which all messages are bound.
    function digest(IFaultCourt.Message calldata message, address sets) internal view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, sets));
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(MESSAGE_TYPEHASH, message)));
    }

    /// @dev 0 for what is no signature. Strict: s is low and v 27 or 28; a reporter can bring any signature to that form.
    function signer(bytes32 signedDigest, bytes calldata signature) internal pure returns (address recovered) {
        (recovered, , ) = ECDSA.tryRecoverCalldata(signedDigest, signature);
    }

    function valueHash(
        IFaultCourt.AttestationValue calldata value,
        bytes32 validatorsRoot
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION, value, validatorsRoot));
    }

    function valueHash(
        IFaultCourt.ProposalValue calldata value,
        bytes32 validatorsRoot
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(PROPOSAL, value, validatorsRoot));
    }
}
